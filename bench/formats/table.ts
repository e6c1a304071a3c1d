import type { Published } from '../publish.ts';
import { MEMORY_MB, type Measured } from './measure.ts';

/** CPU time per byte of the larger file may be this many times that of the smaller one. */
const CPU_RATIO_MAX = 1.2;

/** A kind at two sizes. */
export interface KindResult {
  readonly small: Measured;
  readonly large: Measured;
  /** CPU time per byte of the larger file, relative to the smaller: 1 is linear. */
  readonly cpuRatio: number;
  readonly isGood: boolean;
}

export const compare = (small: Measured, large: Measured): KindResult => {
  const cpuRatio = large.cpuSeconds / large.recordMB / (small.cpuSeconds / small.recordMB);
  const isWithinMemory = [small, large].every(
    ({ splitterMB, senderMB }) => Math.max(splitterMB, senderMB) < MEMORY_MB,
  );
  const isWhole = small.problem === '' && large.problem === '';
  return { small, large, cpuRatio, isGood: isWhole && isWithinMemory && cpuRatio <= CPU_RATIO_MAX };
};

const HEAD = [
  'kind',
  'MB as JSON, in the file',
  'splitter MB',
  'sender MB',
  'CPU s: splitter, senders',
  'MB per CPU s',
  'seconds',
  'CPU per byte, large : small',
  'adds up',
];

/** What is printed, and appended to docs/benchmarks.md. */
export const publishedOf = (results: readonly KindResult[], command: string): Published => ({
  title: 'Formats',
  command,
  method: `Two senders and the splitter with ${MEMORY_MB} MB each; memory is the highest peak of any of their processes (\`VmHWM\`, MiB). Records of about 1,000 bytes as JSON, into a server that counts. CPU time is that of splitter and senders, their starts included.`,
  head: HEAD,
  rows: results.flatMap(linesOf),
  verdict: verdictText(results),
});

const verdictText = (results: readonly KindResult[]): string => {
  const failed = results.filter(({ isGood }) => !isGood).map(({ large }) => large.kind);
  return failed.length === 0
    ? `Every record arrived once, every process stayed below ${MEMORY_MB} MB, and the CPU time per byte does not grow.`
    : `Not as it should be (memory, counts, or CPU per byte above ${CPU_RATIO_MAX}): ${failed.join(', ')}.`;
};

const linesOf = ({ small, large, cpuRatio }: KindResult): string[][] =>
  [small, large].map((measured) => {
    const { kind, recordMB, fileMB, splitterMB, senderMB, cpuSeconds, splitterCpuSeconds, seconds } =
      measured;
    return [
      kind,
      `${count(recordMB)}, ${count(fileMB)}`,
      count(splitterMB),
      count(senderMB),
      `${splitterCpuSeconds.toFixed(1)}, ${(cpuSeconds - splitterCpuSeconds).toFixed(1)}`,
      count(recordMB / cpuSeconds),
      count(seconds),
      measured === large ? cpuRatio.toFixed(2) : '',
      measured.problem || 'yes',
    ];
  });

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
