import type { ArchiveEntry, ArchivePart } from '../read/archive.ts';
import { type ByteLimit, createByteLimit } from '../read/byte-limit.ts';
import { tarEntries } from '../read/tar.ts';
import { zipEntries } from '../read/zip.ts';
import type { OpenedEntry } from './open-entry.ts';
import { createPaceJudge } from './pace-judge.ts';
import { type OrderedStream, readInOrder, START, settled, untilOver } from './read-in-order.ts';
import type { RunTime } from './run-time.ts';
import type { SourcePlan, SplitDependencies } from './source-plan.ts';

/** An archive as it is read in one run of the splitter. */
export interface Archive {
  readonly parts: AsyncGenerator<ArchivePart>;
  /** Another run can go on behind any entry. */
  readonly canContinue: boolean;
  /** Told of all that is decompressed. */
  readonly limit: ByteLimit;
  decompressedBytes(): number;
  /** Nothing can be read any more. */
  hasBroken(): boolean;
  /** @param tooSlow why an entry is not read on for which there is not enough time */
  streamOf(
    opened: OpenedEntry,
    part: ArchiveEntry,
    tooSlow: Parameters<typeof createPaceJudge>[0]['tooSlow'],
  ): OrderedStream;
}

/** A zip is read entry by entry, a tar.gz in order. */
export const openArchive = (plan: SourcePlan, time: RunTime, dependencies: SplitDependencies): Archive => {
  const { decompressedBytesMax, openSource } = dependencies;
  let total = plan.created.resume?.archive?.decompressedBytes ?? 0;
  const check = createByteLimit(decompressedBytesMax, total);
  const limit = (bytes: number): void => {
    total += bytes;
    check(bytes);
  };
  const common = { limit, decompressedBytes: () => total };
  return plan.source.compression === 'zip'
    ? { ...common, ...openZip(plan, zipEntries(openSource(plan.object), { limit }), time) }
    : { ...common, ...openTar(readInOrder(plan, { from: START, skipTo: 0, time, limit }, dependencies)) };
};

type Reading = Omit<Archive, 'limit' | 'decompressedBytes'>;

const openZip = ({ source }: SourcePlan, parts: AsyncGenerator<ArchivePart>, time: RunTime): Reading => ({
  parts,
  canContinue: true,
  hasBroken: () => false,
  streamOf: ({ bytes, bytesRead }, { name, sizeBytes }, tooSlow) => {
    const judge = createPaceJudge({ sizeBytes, time, tooSlow });
    async function* judged(): AsyncGenerator<Buffer> {
      for await (const piece of bytes) {
        judge.judge(bytesRead());
        yield piece;
      }
    }
    return {
      bytes: untilOver(settled(judged(), judge), { what: `The entry "${name}" of ${source.uri}`, time }),
      placeBefore: () => undefined,
      isSure: judge.isSure,
    };
  },
});

const openTar = (stream: OrderedStream): Reading => {
  let hasBroken = false;
  async function* noted(): AsyncGenerator<Buffer> {
    try {
      yield* stream.bytes;
    } catch (error) {
      hasBroken = true;
      throw error;
    }
  }
  return {
    parts: tarEntries(noted()),
    canContinue: false,
    hasBroken: () => hasBroken,
    streamOf: ({ bytes }) => ({ bytes, placeBefore: () => undefined, isSure: stream.isSure }),
  };
};
