import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CreatedObject } from '../../lib/plan/notification.ts';
import { memorySource } from '../../lib/read/memory.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { splitObject } from '../../lib/splitter.ts';
import { inMemoryCloud } from '../in-memory-cloud.ts';
import { countingSource } from '../read/counting-source.ts';
import { eventFile } from './lines.ts';

const CREATED: CreatedObject = { bucket: 'inbox', key: 'a.jsonl', etag: 'e1', sequencer: '0A' };
const LARGE = eventFile(800, () => 10_000);
const LARGE_ARRAY = Buffer.from(`[${LARGE.toString().trimEnd().replaceAll('\n', ',')}]`);

const split = async (
  body: Buffer,
  tuning: RecipeInput['tuning'],
  { key = 'a.jsonl', pieceBytes = 65_536 } = {},
) => {
  const cloud = inMemoryCloud(body, { tuning });
  const source = countingSource(memorySource(body, pieceBytes));
  const adapted: unknown[] = [];
  await splitObject(
    { ...CREATED, key },
    {
      ...cloud.dependencies,
      openSource: () => source,
      onAdapted: (uri, chosen) => adapted.push({ uri, chosen }),
    },
  );
  return { ...cloud, source, adapted };
};

describe('an adaptive recipe', () => {
  it('gets its knobs from a sample of the source', async () => {
    const { chunks, source, adapted } = await split(LARGE, { adaptive: true });
    const chosen = { recordsPerBatch: 490, requestsInFlight: 2, highWater: 25, chunkBytes: 4 * 1024 * 1024 };
    expect(chunks).toHaveLength(2);
    for (const { recipe } of chunks) expect(recipe.tuning).toMatchObject(chosen);
    expect(adapted).toMatchObject([{ uri: 's3://inbox/a.jsonl', chosen }]);
    expect(source.ranges).toHaveLength(5);
    expect(source.bytesRead()).toBeLessThanOrEqual(2.1 * 1024 * 1024);
  });

  it('keeps what it says itself, and all other knobs', async () => {
    const { chunks } = await split(LARGE, {
      adaptive: true,
      recordsPerBatch: 77,
      chunkBytes: 1_000_000,
      workers: 9,
    });
    const { tuning } = chunks[0]!.recipe;
    expect(tuning).toMatchObject({ recordsPerBatch: 77, chunkBytes: 1_000_000, workers: 9, memory: 512 });
    expect(tuning.requestsInFlight).toBe(2);
    expect(chunks).toHaveLength(Math.ceil(LARGE.length / 1_000_000));
  });

  it.each([
    ['a.jsonl', LARGE],
    ['a.jsonl.gz', gzipSync(LARGE)],
    ['a.json', LARGE_ARRAY],
    ['a.json.zst', zstdCompressSync(LARGE_ARRAY)],
  ])('sends the same messages when its notification comes again: %s', async (key, body) => {
    const first = await split(body, { adaptive: true }, { key });
    const again = await split(body, { adaptive: true }, { key, pieceBytes: 999 });
    expect(again.chunks).toEqual(first.chunks);
    expect(again.receipts).toEqual(first.receipts);
    expect(first.chunks[0]!.recipe.tuning.recordsPerBatch).toBe(490);
  });

  it('stays as it is for an empty source', async () => {
    const { chunks, receipts, adapted } = await split(Buffer.alloc(0), { adaptive: true });
    expect(chunks).toEqual([]);
    expect(receipts).toMatchObject([{ kind: 'planned', chunks: 0 }]);
    expect(adapted).toEqual([{ uri: 's3://inbox/a.jsonl', chosen: {} }]);
  });

  it('imports what is before the damage of a broken source', async () => {
    const zipped = gzipSync(LARGE);
    const body = zipped.subarray(0, zipped.length / 2);
    const { chunks, receipts } = await split(body, { adaptive: true }, { key: 'a.jsonl.gz' });
    expect(chunks.length).toBeGreaterThan(0);
    expect(receipts.at(-1)).toMatchObject({ kind: 'import-failed', failure: { code: 'SOURCE_CORRUPT' } });
  });

  it('is one only if it says so', async () => {
    const { chunks, source, adapted } = await split(LARGE, {});
    expect(chunks[0]!.recipe.tuning).toMatchObject({ recordsPerBatch: 2_000, requestsInFlight: 4 });
    expect(source.ranges).toHaveLength(1);
    expect(adapted).toEqual([]);
  });
});
