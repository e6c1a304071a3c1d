import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../lib/ledger/fold.ts';
import type { ChunkMessage } from '../lib/plan/chunk.ts';
import { importIdOf } from '../lib/plan/import-id.ts';
import type { CreatedObject } from '../lib/plan/notification.ts';
import { memorySource } from '../lib/read/memory.ts';
import { ReadError } from '../lib/read/read-error.ts';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import type { SplitDependencies } from '../lib/split/source-plan.ts';
import { splitObject } from '../lib/splitter.ts';
import { inMemoryCloud } from './in-memory-cloud.ts';
import { countingSource } from './read/counting-source.ts';
import { mixedFile } from './records.ts';

const MiB = 1024 * 1024;
const CREATED: CreatedObject = { bucket: 'inbox', key: 'in/a.jsonl', etag: 'e1', sequencer: '0A' };
const GZIPPED: CreatedObject = { ...CREATED, key: 'in/a.jsonl.gz' };
const FILE = mixedFile(2_000);
const SMALL_CHUNKS: RecipeInput = { tuning: { chunkBytes: 8_192, recordBytesMax: 1_024 } };

type Overrides = Omit<Partial<SplitDependencies>, 'recipe'>;

const split = async (
  created: CreatedObject,
  body: Buffer,
  { recipe = {}, ...overrides }: Overrides & { recipe?: RecipeInput } = {},
) => {
  const cloud = inMemoryCloud(body, recipe);
  const outcome = await splitObject(created, { ...cloud.dependencies, ...overrides }).then(
    (source) => ({ source }),
    (error: unknown) => ({ error }),
  );
  return { ...cloud, outcome };
};

describe('splitObject: a plain source', () => {
  it('is another import when it is replayed, with the same places to make ids of', async () => {
    const version = { ...CREATED, versionId: 'v1' };
    const first = await split(version, FILE, { recipe: SMALL_CHUNKS });
    const again = await split({ ...version, replay: 1 }, FILE, { recipe: SMALL_CHUNKS });
    expect(again.chunks[0]!.importId).not.toBe(first.chunks[0]!.importId);
    const places = (chunks: readonly ChunkMessage[]) => chunks.map(({ importId, ...place }) => place);
    expect(places(again.chunks)).toEqual(places(first.chunks));
  });

  it('is cut by arithmetic, and only its beginning is read', async () => {
    const opened = countingSource(memorySource(FILE));
    const { chunks, receipts, outcome } = await split(CREATED, FILE, {
      recipe: SMALL_CHUNKS,
      openSource: () => opened,
    });
    const importId = importIdOf({ bucket: 'inbox', key: 'in/a.jsonl', etag: 'e1', sequencer: '0A' });
    const source = { uri: 's3://inbox/in/a.jsonl', bytes: FILE.length, format: 'jsonl', compression: 'none' };
    expect(outcome).toEqual({ source });
    expect(opened.ranges).toEqual([{ start: 0, end: 64 * 1024 }]);
    expect(chunks.length).toBe(Math.ceil(FILE.length / 8_192));
    expect(chunks[1]).toMatchObject({
      v: 1,
      importId,
      chunk: 1,
      source,
      object: { bucket: 'inbox', key: 'in/a.jsonl', etag: 'e1', sizeBytes: FILE.length },
      range: { start: 8_192, end: 16_384 },
      borders: 'bytes',
      offset: 0,
      recipe: { tuning: { chunkBytes: 8_192 } },
    });
    expect(receipts).toEqual([
      { v: 1, kind: 'planned', importId, source, atMs: 1_000, chunks: chunks.length },
    ]);
  });

  it.each([1e9, 1e12])(
    'is asked for its size and its first 64 KiB, whatever it has: %d bytes',
    async (sizeBytes) => {
      const opened = countingSource({ sizeBytes, read: (range) => memorySource(FILE).read(range) });
      let heads = 0;
      let end = 0;
      const { receipts } = await split(CREATED, FILE, {
        head: async () => {
          heads += 1;
          return { sizeBytes, etag: 'e1' };
        },
        openSource: () => opened,
        sendChunks: async (messages) => {
          for (const { range } of messages) {
            expect(range.start).toBe(end);
            end = range.end;
          }
        },
      });
      expect({ heads, ranges: opened.ranges }).toEqual({ heads: 1, ranges: [{ start: 0, end: 64 * 1024 }] });
      expect(end).toBe(sizeBytes);
      const chunks = Math.ceil(sizeBytes / Math.min(64 * MiB, Math.ceil(sizeBytes / 40)));
      expect(receipts).toMatchObject([{ kind: 'planned', chunks }]);
    },
  );

  it('of no bytes is a complete import', async () => {
    const { chunks, receipts } = await split(CREATED, Buffer.alloc(0));
    expect(chunks).toEqual([]);
    expect(foldReceipts(undefined, receipts)).toMatchObject({ state: 'complete', chunks: { total: 0 } });
  });

  it('keeps the version it is pinned to, whatever its ETag', async () => {
    const { chunks } = await split({ ...CREATED, versionId: 'v1', etag: 'other' }, FILE);
    expect(chunks[0]!.object).toMatchObject({ versionId: 'v1', etag: 'e1' });
  });

  it('needs no ETag in its notification', async () => {
    const { chunks } = await split({ bucket: 'inbox', key: 'a.jsonl' }, FILE);
    expect(chunks[0]!.object.etag).toBe('e1');
  });
});

describe('splitObject: a gzipped source', () => {
  it('is staged in chunks of whole lines, each sent once it is stored', async () => {
    const { chunks, staged, receipts, outcome } = await split(GZIPPED, gzipSync(FILE), {
      recipe: SMALL_CHUNKS,
    });
    expect(outcome).toMatchObject({ source: { compression: 'gzip' } });
    expect(Buffer.concat([...staged.values()])).toEqual(FILE);
    let offset = 0;
    for (const [chunk, message] of chunks.entries()) {
      const bytes = staged.get(message.object.key)!;
      expect(message).toMatchObject({
        chunk,
        offset,
        borders: 'lines',
        range: { start: 0, end: bytes.length },
        object: { bucket: 'work', sizeBytes: bytes.length },
      });
      expect(bytes.at(-1)).toBe(0x0a);
      offset += bytes.length;
    }
    expect(chunks.length).toBeGreaterThan(5);
    expect(receipts).toMatchObject([{ kind: 'planned' }, { kind: 'planned', chunks: chunks.length }]);
    expect(receipts[0]).not.toHaveProperty('chunks');
  });

  it.each([
    ['plain', CREATED, FILE],
    ['gzipped', GZIPPED, gzipSync(FILE)],
  ])(
    'gives the same messages and the same staged objects when it comes again: %s',
    async (_, created, body) => {
      const runs = [1_000, 5_000].map((atMs) =>
        split(created, body, { recipe: SMALL_CHUNKS, now: () => atMs }),
      );
      const [first, second] = await Promise.all(runs);
      expect(second!.chunks).toEqual(first!.chunks);
      expect(second!.staged).toEqual(first!.staged);
      expect(first!.chunks.length).toBeGreaterThan(5);
    },
  );

  it('imports what comes before a break, then fails', async () => {
    const compressed = gzipSync(FILE);
    const { chunks, receipts, outcome } = await split(
      GZIPPED,
      compressed.subarray(0, compressed.length - 10),
      {
        recipe: SMALL_CHUNKS,
      },
    );
    expect(outcome).toHaveProperty('source');
    expect(chunks.length).toBeGreaterThan(5);
    expect(receipts).toMatchObject([
      { kind: 'planned' },
      { kind: 'import-failed', failure: { code: 'SOURCE_CORRUPT' }, chunks: chunks.length },
    ]);
  });

  it('fails before anything is sent when it cannot be read through in time', async () => {
    let leftMs = 100_000;
    const { chunks, receipts } = await split(GZIPPED, gzipSync(mixedFile(20_000), { level: 0 }), {
      recipe: SMALL_CHUNKS,
      remainingMs: () => {
        leftMs -= 20_000;
        return leftMs;
      },
    });
    expect(chunks).toEqual([]);
    expect(receipts.at(-1)).toMatchObject({
      kind: 'import-failed',
      failure: { code: 'SOURCE_TOO_SLOW', message: expect.stringContaining('Nothing was sent') },
      chunks: 0,
    });
    expect(receipts.at(-2)).not.toHaveProperty('chunks');
  });

  it('holds no more than three chunks that are being stored', async () => {
    let underWay = 0;
    let most = 0;
    const { chunks } = await split(GZIPPED, gzipSync(FILE), {
      recipe: SMALL_CHUNKS,
      stage: async (name, bytes) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return { bucket: 'work', key: name, etag: 's', sizeBytes: bytes.length };
      },
    });
    expect(most).toBe(3);
    expect(chunks.map(({ chunk }) => chunk)).toEqual([...chunks.keys()]);
  });
});

describe('splitObject: failures', () => {
  const sourceOf = (body: Buffer): Overrides => ({
    head: async () => ({ sizeBytes: body.length, etag: 'e1' }),
    openSource: () => memorySource(body),
  });
  const gone = (code: 'SOURCE_VANISHED' | 'SOURCE_FORBIDDEN') => () =>
    Promise.reject(new ReadError(code, code));

  it.each<[string, CreatedObject, Overrides]>([
    ['SOURCE_VANISHED', CREATED, { head: gone('SOURCE_VANISHED') }],
    ['SOURCE_FORBIDDEN', CREATED, { head: gone('SOURCE_FORBIDDEN') }],
    ['SOURCE_CHANGED', { ...CREATED, etag: 'old' }, {}],
    ['FORMAT_UNSUPPORTED', CREATED, sourceOf(Buffer.from([0, 1, 2]))],
    ['SOURCE_CORRUPT', GZIPPED, sourceOf(gzipSync(FILE).subarray(0, 12))],
  ])('tells the ledger of %s, and is done with the message', async (code, created, overrides) => {
    const { outcome, receipts, chunks } = await split(created, FILE, overrides);
    expect(outcome).toHaveProperty('source');
    expect(receipts.at(-1)).toMatchObject({ kind: 'import-failed', failure: { code } });
    expect(chunks).toEqual([]);
    const report = foldReceipts(undefined, receipts);
    expect(report.state).toBe('failed');
    expect(report.importId).toBe(importIdOf({ ...created, etag: created.etag! }));
  });

  it('does not claim a format where none was told', async () => {
    const { receipts } = await split(CREATED, FILE, sourceOf(Buffer.from([0, 1, 2])));
    expect(foldReceipts(undefined, receipts).source).toMatchObject({
      bytes: 3,
      format: 'unknown',
      compression: 'unknown',
    });
  });

  const away = new ReadError('SOURCE_UNAVAILABLE', 'away');

  it.each<[string, CreatedObject, Overrides]>([
    ['the source cannot be looked at now', CREATED, { head: () => Promise.reject(away) }],
    ['chunks cannot be sent', CREATED, { sendChunks: () => Promise.reject(away) }],
    ['chunks cannot be sent while staging', GZIPPED, { sendChunks: () => Promise.reject(away) }],
    ['a chunk cannot be stored', GZIPPED, { stage: () => Promise.reject(away) }],
    ['the ledger cannot be told', CREATED, { sendReceipt: () => Promise.reject(away) }],
    [
      'reading breaks off for now',
      GZIPPED,
      {
        openSource: () => ({
          sizeBytes: 1_000,
          async *read(range) {
            yield* memorySource(gzipSync(FILE).subarray(0, 500)).read(range);
            throw away;
          },
        }),
      },
    ],
  ])('comes again where %s', async (_, created, overrides) => {
    const { outcome, receipts } = await split(created, created === GZIPPED ? gzipSync(FILE) : FILE, {
      recipe: SMALL_CHUNKS,
      ...overrides,
    });
    expect(outcome).toEqual({ error: away });
    expect(receipts.every(({ kind }) => kind === 'planned')).toBe(true);
    if (created === GZIPPED) expect(receipts.some((receipt) => 'chunks' in receipt)).toBe(false);
  });
});

describe('splitObject: limits', () => {
  it('stages no chunk beyond 32 MiB, whatever the recipe says', async () => {
    const sizes: number[] = [];
    const line = `${'x'.repeat(MiB - 1)}\n`;
    await split(GZIPPED, gzipSync(line.repeat(40), { level: 1 }), {
      recipe: { tuning: { chunkBytes: 512 * MiB } },
      stage: async (key, bytes) => {
        sizes.push(bytes.length);
        return { bucket: 'work', key, etag: 's', sizeBytes: bytes.length };
      },
      sendChunks: async (messages: IteratorObject<ChunkMessage>) => messages.toArray(),
    });
    expect(sizes).toEqual([32 * MiB, 8 * MiB]);
  });
});
