/**
 * Events per CPU-second of the sender and of the mixpanel-import package: the same file, server and gzip level, both in
 * processes of their own, one after the other. `npm run bench -- peer [small|medium|large]... [--runs N]
 * [--megabytes N] [--level N] [--json] [--append]`. Exits 1 where an event did not arrive, or a target is missed.
 */
import { parseArgs } from 'node:util';
import { startCountingProcess } from './counting-process.ts';
import { lookForOthers } from './others.ts';
import { installPeer, runPeer } from './peer/run.ts';
import { medianOf, PUBLISH_OPTIONS, publish } from './publish.ts';
import { runSender } from './run-sender.ts';
import { forEachSize, type SizedFile } from './sizes.ts';

const MB = 1_000_000;
/** Times the peer, by level and size. */
const TARGETS: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  6: { small: 5, medium: 4, large: 4 },
  1: { small: 7, medium: 7, large: 7 },
};

interface PeerResult {
  readonly size: string;
  readonly level: number;
  readonly events: number;
  /** Events per CPU-second, the median of the runs. */
  readonly peer: number;
  readonly sender: number;
  readonly ratio: number;
  readonly target: number | undefined;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '50' },
    level: { type: 'string', multiple: true, default: ['6', '1'] },
    ...PUBLISH_OPTIONS,
  },
});

const main = async (): Promise<void> => {
  await installPeer();
  const results: PeerResult[] = [];
  const busyCores: number[] = [];
  await forEachSize({ bytes: Number(values.megabytes) * MB, only: positionals }, async (file) => {
    for (const level of values.level.map(Number)) {
      busyCores.push(await lookForOthers());
      results.push(await compare(file, level));
    }
  });
  await publish(publishedOf(results), results, { ...values, busyCores: Math.max(...busyCores) });
  if (results.some(({ ratio, target = 0 }) => ratio < target)) process.exitCode = 1;
};

const compare = async (file: SizedFile, level: number): Promise<PeerResult> => {
  const peerSeconds: number[] = [];
  const senderSeconds: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    peerSeconds.push(await counted(file, (url) => runPeer({ url, file: file.path, level })));
    senderSeconds.push(
      await counted(file, (url) =>
        runSender({ url, file: file.path, recipe: { tuning: { compressionLevel: level } } }),
      ),
    );
  }
  const peer = file.events / medianOf(peerSeconds);
  const sender = file.events / medianOf(senderSeconds);
  const size = file.size.name;
  return {
    size,
    level,
    events: file.events,
    peer,
    sender,
    ratio: sender / peer,
    target: TARGETS[level]?.[size],
  };
};

/** @returns CPU-seconds of the sending process, once every event has arrived */
const counted = async (
  { events }: SizedFile,
  send: (url: string) => Promise<{ readonly cpuSeconds: number }>,
): Promise<number> => {
  const server = await startCountingProcess();
  try {
    const { cpuSeconds } = await send(server.url);
    const { events: arrived } = await server.counts();
    if (arrived !== events) throw new Error(`${arrived} of ${events} events arrived.`);
    return cpuSeconds;
  } finally {
    await server.close();
  }
};

const publishedOf = (results: readonly PeerResult[]) => ({
  title: 'Beside mixpanel-import',
  command: 'npm run bench -- peer',
  method: `mixpanel-import 3.1.43 with 10 workers and no repairs (\`fixData: false\`), against the bundle of the sender with the default recipe, which also checks every event. Events per second of CPU, without the time that each takes to load; median of ${values.runs} runs, in turns. The server answers at once in a process of its own; every event arrived in every run.`,
  head: ['events', 'gzip level', 'mixpanel-import', 'sender', 'ratio', 'target'],
  rows: results.map(({ size, level, peer, sender, ratio, target }) => [
    size,
    String(level),
    count(peer),
    count(sender),
    `${ratio.toFixed(1)} ×`,
    target === undefined ? '' : `${target} ×`,
  ]),
  verdict: `${results.filter(({ ratio, target = 0 }) => ratio >= target).length} of ${results.length} rows reach their target.`,
});

const count = (value: number): string => Math.round(value).toLocaleString('en-US');

await main();
