import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../lib/ledger/fold.ts';
import { ReadError } from '../lib/read/read-error.ts';
import { splitObject } from '../lib/splitter.ts';
import { inMemoryCloud } from './in-memory-cloud.ts';
import { eventLikeText } from './read/fixtures.ts';
import { mixedFile } from './records.ts';

const CREATED = { bucket: 'inbox', key: 'in/a.jsonl.gz', etag: 'e1', sequencer: '0A' };
const COMPRESSED = gzipSync(mixedFile(20_000));
const BOMB = gzipSync('{"event":"a"}\n'.repeat(500_000));
const SMALL_CHUNKS = { tuning: { chunkBytes: 8_192, recordBytesMax: 1_024 } };

/** Reads half of the source, and fails once two chunks of it are stored. */
const splitHalf = async (error: Error) => {
  const half = COMPRESSED.subarray(0, COMPRESSED.length / 2);
  const { promise: twoAreStored, resolve } = Promise.withResolvers<void>();
  const cloud = inMemoryCloud(COMPRESSED, SMALL_CHUNKS);
  let reads = 0;
  let looks = 0;
  await splitObject(CREATED, {
    ...cloud.dependencies,
    // After a third of the time half is read, so it is sure that all of it can be.
    remainingMs: () => (looks++ < 3 ? 900_000 : 600_000),
    openSource: () => ({
      sizeBytes: COMPRESSED.length,
      async *read({ start, end }) {
        if (reads++ === 0) return yield COMPRESSED.subarray(start, end);
        yield half;
        await twoAreStored;
        throw error;
      },
    }),
    stage: async (name, bytes) => {
      const object = await cloud.dependencies.stage(name, bytes);
      if (cloud.staged.size === 2) resolve();
      return object;
    },
  }).catch(() => undefined);
  return cloud;
};

describe('splitObject: a gzipped source that breaks off', () => {
  it.each([1_000, 100_000, 300_000])(
    'imports what it decompresses to up to the limit of %i bytes, and fails',
    async (decompressedBytesMax) => {
      const { chunks, receipts, dependencies, staged } = inMemoryCloud(BOMB, SMALL_CHUNKS);
      await splitObject(CREATED, { ...dependencies, decompressedBytesMax });
      const failure = { code: 'SOURCE_TOO_LARGE', message: expect.stringContaining('decompressedBytesMax') };
      expect(receipts.at(-1)).toMatchObject({ kind: 'import-failed', failure, chunks: chunks.length });
      const stagedBytes = [...staged.values()].reduce((sum, { length }) => sum + length, 0);
      expect(stagedBytes).toBeLessThanOrEqual(decompressedBytesMax);
      expect(stagedBytes).toBeGreaterThanOrEqual(decompressedBytesMax - 128 * 1024);
      expect(foldReceipts(undefined, receipts).state).toBe('failed');
    },
  );

  it('sends what comes before damage, though it was not sure yet that all could be read in time', async () => {
    const damaged = zstdCompressSync(eventLikeText(4_000_000));
    damaged.fill(0xff, 300_000, 300_100);
    const { chunks, receipts, dependencies } = inMemoryCloud(damaged, SMALL_CHUNKS);
    await splitObject(CREATED, dependencies);
    expect(receipts.at(-1)).toMatchObject({ failure: { code: 'SOURCE_CORRUPT' }, chunks: chunks.length });
    expect(chunks.length).toBeGreaterThan(5);
  });

  it('does not call all of it what was made of a source before it vanished', async () => {
    const { chunks, receipts } = await splitHalf(new ReadError('SOURCE_VANISHED', 'gone'));
    expect(chunks.length).toBeGreaterThan(1);
    expect(receipts).toMatchObject([{ kind: 'planned' }, { kind: 'import-failed' }]);
    expect(receipts[0]).not.toHaveProperty('chunks');
    expect(foldReceipts(undefined, receipts).state).toBe('failed');
  });

  it('makes the same chunks when it comes again after reading broke off', async () => {
    const whole = inMemoryCloud(COMPRESSED, SMALL_CHUNKS);
    await splitObject(CREATED, whole.dependencies);
    const { chunks } = await splitHalf(new ReadError('SOURCE_UNAVAILABLE', 'away'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks).toEqual(whole.chunks.slice(0, chunks.length));
  });
});
