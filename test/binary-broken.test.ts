import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { BINARY_FILES, withChunks } from './binary-files.ts';
import { damage, damaged } from './frame/damage.ts';
import { importFile } from './import-file.ts';
import { SEEN_EVENTS } from './seen-events.ts';

const COUNT = SEEN_EVENTS.length;

describe('a file with damage in its middle', () => {
  const damagedAt = (body: Buffer, at: number): Buffer => {
    const damaged = Buffer.from(body);
    damaged.fill(0xff, at, at + 40);
    return damaged;
  };

  it.each(['snappy-60.parquet', 'deflate.avro', 'long-blocks.avro'])(
    'is imported but for the rest of one chunk: %s',
    async (key) => {
      const body = damagedAt(BINARY_FILES[key]!, Math.floor(BINARY_FILES[key]!.length * 0.4));
      const recipe = withChunks(9_999, { recordsPerBatch: 2_000 });
      const { report, received } = await importFile({ key, body, recipe });
      expect(report).toMatchObject({
        state: 'failed',
        chunks: { failed: 1 },
        failures: [{ code: 'SOURCE_CORRUPT' }],
      });
      expect(report.chunks.done).toBe(report.chunks.total! - 1);
      expect(report.records).toMatchObject({ read: received, imported: received });
      if (report.chunks.total! > 1) expect(received).toBeGreaterThan(COUNT / 4);
      expect(received).toBeLessThan(COUNT);
    },
  );

  it('is imported up to the block that is damaged', async () => {
    const whole = BINARY_FILES['deflate.avro']!;
    const middle = Math.floor(whole.length / 2);
    const body = damagedAt(whole, middle);
    const sync = whole.subarray(-16);
    const start = body.lastIndexOf(sync, middle);
    const { report, sent } = await importFile({ key: 'a.avro', body, recipe: withChunks(1_000_000) });
    expect(report.failures).toMatchObject([{ chunk: 0, code: 'SOURCE_CORRUPT' }]);
    expect(report.bytes.read).toBe(start + sync.length);
    expect(sent.map(({ n }) => n)).toEqual([...sent.keys()]);
    expect(sent.length).toBeGreaterThan(100);
  });
});

describe('a file that cannot be read', () => {
  const parquet = BINARY_FILES['snappy-60.parquet']!;
  const avro = BINARY_FILES['null.avro']!;
  const avroOf = (from: string, to: string): Buffer =>
    Buffer.from(avro.toString('latin1').replace(from, to), 'latin1');

  it.each<[string, string, Buffer, RecipeInput, string, string]>([
    ['without its end', 'a.parquet', parquet.subarray(0, -9), {}, 'SOURCE_CORRUPT', 'its end is missing'],
    ['with a mad footer', 'a.parquet', withFooterOf(0xff), {}, 'SOURCE_CORRUPT', 'its footer'],
    ['encrypted', 'a', encrypted(), {}, 'PARQUET_UNSUPPORTED', 'encrypted'],
    ['without a column', 'a.pq', parquet, { parquet: { columns: ['x'] } }, 'PARQUET_COLUMN_MISSING', '"x"'],
    ['that is empty', 'a.parquet', Buffer.alloc(0), {}, 'SOURCE_CORRUPT', 'it has 0 bytes'],
    [
      'compressed around',
      'a.parquet.gz',
      gzipSync(parquet),
      {},
      'FORMAT_UNSUPPORTED',
      'drop it uncompressed',
    ],
    ['compressed around', 'a.avro.gz', gzipSync(avro), {}, 'FORMAT_UNSUPPORTED', 'drop it uncompressed'],
    ['of a strange codec', 'a.avro', avroOf('\x08null', '\x08nule'), {}, 'AVRO_UNSUPPORTED', '"nule"'],
    ['without its header', 'a.avro', avro.subarray(0, 100), {}, 'SOURCE_CORRUPT', 'its header'],
    ['of a strange schema', 'a.avro', avroOf('"int"', '"odd"'), {}, 'AVRO_UNSUPPORTED', 'schema'],
  ])('fails at once: %s, %s', async (_, key, body, recipe, code, seen) => {
    const { report, chunks, receipts } = await importFile({ key, body, recipe });
    expect(chunks).toBe(0);
    expect(receipts.map(({ kind }) => kind)).toEqual(['import-failed']);
    expect(report).toMatchObject({ state: 'failed', failures: [{ chunk: null, code }] });
    expect(report.failures[0]!.message).toContain(seen);
  });

  function withFooterOf(byte: number): Buffer {
    const footerBytes = parquet.readUInt32LE(parquet.length - 8);
    const end = parquet.length - 8;
    return Buffer.concat([
      parquet.subarray(0, end - footerBytes),
      Buffer.alloc(footerBytes, byte),
      parquet.subarray(end),
    ]);
  }

  function encrypted(): Buffer {
    return Buffer.concat([Buffer.from('PARE'), parquet.subarray(4, -4), Buffer.from('PARE')]);
  }
});

describe('a file that is damaged anywhere', () => {
  const names = Object.keys(BINARY_FILES);

  it('ends in a report that adds up, with nothing left in the queue', async () => {
    const file = fc.constantFrom(...names);
    await fc.assert(
      fc.asyncProperty(file, damage, fc.constantFrom(4_096, 1_000_000), async (name, changes, chunkBytes) => {
        const body = damaged(BINARY_FILES[name]!, changes);
        const { report, dead, rejects } = await importFile({
          key: name,
          body,
          recipe: withChunks(chunkBytes),
        });
        const { read, imported, rejected } = report.records;
        expect(dead).toEqual([]);
        expect(report.state).not.toBe('running');
        expect(imported + rejected).toBe(read);
        expect(rejects).toHaveLength(rejected);
        if (report.state === 'complete') expect(report.bytes.read).toBe(body.length);
      }),
      { numRuns: 120, seed: 20_261_122 },
    );
  });
});
