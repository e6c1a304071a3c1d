import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avro } from '../../../lib/frame/avro.ts';
import type { FramedRecord } from '../../../lib/frame/record.ts';
import { cutRanges } from '../../../lib/plan/ranges.ts';
import type { ByteSource } from '../../../lib/read/byte-source.ts';
import { memorySource } from '../../../lib/read/memory.ts';
import { countingSource } from '../../read/counting-source.ts';
import { avroBytes, avroFile, frameOptions, frameRecords, frameTexts, long } from './avro-files.ts';

const SCHEMA = {
  type: 'record',
  name: 'Event',
  fields: [
    { name: 'n', type: 'int' },
    { name: 'word', type: 'string' },
  ],
};
const RECORDS = 300;
const records = Array.from({ length: RECORDS }, (_, n) => ({ n, word: `word ${n % 7}`.repeat(n % 5) }));
const expected = records.map((record) => JSON.stringify(record));

/** Fixtures of this folder were written with fastavro 1.13; all hold the records of events.jsonl. */
const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../fixtures/avro/${name}`, import.meta.url));
const fixtureRecords = fixture('events.jsonl').toString().trimEnd().split('\n');

/** The records of every range of a cut, one range after another. */
const frameByRanges = async (source: ByteSource, rangeBytes: number): Promise<FramedRecord[]> => {
  const all: FramedRecord[] = [];
  for (const range of cutRanges(source.sizeBytes, rangeBytes))
    all.push(...(await frameRecords(source, { range })));
  return all;
};

const textsOf = (framed: readonly FramedRecord[]): string[] => framed.map(({ bytes }) => bytes.toString());

const expectPlacesToIncrease = (framed: readonly FramedRecord[], sizeBytes: number): void => {
  let last = 0;
  for (const { offset, nextOffset } of framed) {
    expect(offset).toBeGreaterThanOrEqual(last);
    expect(nextOffset).toBeGreaterThan(offset);
    last = nextOffset;
  }
  expect(last).toBe(sizeBytes);
};

describe('avro', () => {
  it.each(['null', 'deflate', 'snappy', 'zstandard'])('reads blocks of codec %s', async (codec) => {
    const file = await avroFile(SCHEMA, records, { codec, blockSize: 500 });
    const framed = await frameRecords(memorySource(file));
    expect(textsOf(framed)).toEqual(expected);
    expectPlacesToIncrease(framed, file.length);
  });

  it('gives each record once, however the file is written and cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('null', 'deflate', 'snappy', 'zstandard'),
        fc.integer({ min: 1, max: 4_000 }),
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        async (codec, blockSize, rangeBytes, pieceBytes) => {
          const file = await avroFile(SCHEMA, records, { codec, blockSize });
          const framed = await frameByRanges(memorySource(file, pieceBytes), rangeBytes);
          expect(textsOf(framed)).toEqual(expected);
          expectPlacesToIncrease(framed, file.length);
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });

  it.each(['events-snappy.avro', 'events-deflate.avro', 'events-bzip2.avro'])(
    'reads what another writer wrote, whole and cut: %s',
    async (name) => {
      const source = memorySource(fixture(name));
      expect(await frameTexts(source)).toEqual(fixtureRecords);
      expect(textsOf(await frameByRanges(source, 777))).toEqual(fixtureRecords);
    },
  );

  it('goes on from any record, at the same places', async () => {
    const source = memorySource(await avroFile(SCHEMA, records, { codec: 'deflate', blockSize: 700 }));
    const framed = await frameRecords(source);
    for (let index = 0; index < RECORDS; index += 13) {
      const range = { start: framed[index]!.nextOffset, end: source.sizeBytes };
      expect(await frameRecords(source, { range })).toEqual(framed.slice(index + 1));
    }
  });

  it('places records between bytes where a block has more records than bytes', async () => {
    const same = Array.from({ length: 2_000 }, () => ({ n: 1, word: '' }));
    const file = await avroFile(SCHEMA, same, { codec: 'deflate', blockSize: 1_000_000 });
    expect(file.length).toBeLessThan(same.length / 4);
    const source = memorySource(file);
    const framed = await frameRecords(source);
    expect(framed).toHaveLength(same.length);
    expectPlacesToIncrease(framed, file.length);
    expect(new Set(framed.map(({ offset }) => offset)).size).toBe(same.length);
    const range = { start: framed[1_234]!.nextOffset, end: source.sizeBytes };
    expect(await frameRecords(source, { range })).toEqual(framed.slice(1_235));
    expect(await frameByRanges(source, 50)).toEqual(framed);
  });

  it('reads a range of a large file without the rest of it', async () => {
    const file = await avroFile(
      SCHEMA,
      Array.from({ length: 40_000 }, (_, n) => ({ n, word: `word ${n}`.repeat(5) })),
      { blockSize: 20_000 },
    );
    const source = countingSource(memorySource(file));
    const range = { start: 1_000_000, end: 1_100_000 };
    const framed = await frameRecords(source, { range });
    expect(framed[0]!.offset).toBeGreaterThanOrEqual(range.start);
    expect(framed.at(-1)!.offset).toBeLessThan(range.end);
    // The header, back to the block that the range begins in, and the range with what finishes its last block.
    expect(source.ranges).toHaveLength(3);
    expect(source.bytesRead()).toBeLessThan(500_000);
  });

  it('reads a header of any sensible length', async () => {
    const fields = Array.from({ length: 3_000 }, (_, n) => ({
      name: `a_rather_long_name_of_a_field_${n}`,
      type: ['null', 'int'],
    }));
    const file = avroBytes({ type: 'record', name: 'R', fields }, [{ count: 1, data: Buffer.alloc(3_000) }]);
    const source = countingSource(memorySource(file));
    expect(await frameTexts(source)).toEqual(['{}']);
    expect(source.ranges.length).toBeLessThanOrEqual(3);
  });

  it('has no records where the file has no blocks, or the range none of them', async () => {
    const empty = await avroFile(SCHEMA, []);
    expect(await frameTexts(memorySource(empty))).toEqual([]);
    const file = await avroFile(SCHEMA, records);
    expect(await frameTexts(memorySource(file), { range: { start: 10, end: 20 } })).toEqual([]);
    expect(await frameTexts(memorySource(file), { range: { start: 50, end: 50 } })).toEqual([]);
  });

  it('passes over an empty block', async () => {
    const file = avroBytes('"int"', [
      { count: 1, data: long(1) },
      { count: 0, data: Buffer.alloc(0) },
      { count: 1, data: long(2) },
    ]);
    expect(textsOf(await frameByRanges(memorySource(file), 5))).toEqual(['1', '2']);
  });

  it('never holds the text of a record that is too long, and goes on behind it', async () => {
    const file = await avroFile(SCHEMA, [
      { n: 1, word: 'x'.repeat(10_000) },
      { n: 2, word: 'short' },
    ]);
    const framed = await frameRecords(memorySource(file), { recordBytesMax: 100 });
    expect(framed.map(({ kind, bytes }) => [kind, bytes.length <= 1_024])).toEqual([
      ['oversized', true],
      ['record', true],
    ]);
    expect(framed[1]!.bytes.toString()).toBe('{"n":2,"word":"short"}');
  });

  it('hands records on a group at a time', async () => {
    const file = await avroFile(
      SCHEMA,
      Array.from({ length: 3_000 }, (_, n) => ({ n, word: '' })),
      { blockSize: 1e6 },
    );
    const source = memorySource(file);
    const sizes: number[] = [];
    for await (const group of avro.frame(source, frameOptions(source, {}))) sizes.push(group.length);
    expect(Math.max(...sizes)).toBe(500);
  });
});
