import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../lib/read/byte-source.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { ReadError } from '../../lib/read/read-error.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { type Sample, sampleSource } from '../../lib/tune/sample.ts';
import { countingSource } from '../read/counting-source.ts';
import { eventFile, eventLine } from './lines.ts';

const MiB = 1024 * 1024;
const RECIPE = parseRecipe({});
const PLAIN = { format: 'jsonl', compression: 'none' } as const;
const GZIP = { format: 'jsonl', compression: 'gzip' } as const;

const numbersOf = ({ spots }: Sample): number[][] =>
  spots.map(({ records }) => records.map(({ bytes }) => JSON.parse(bytes.toString()).properties.n));

const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

/** The same gzip member with so many bytes more in its header (RFC 1952 §2.3.1.1). */
const withExtraField = (member: Buffer, bytes: number): Buffer => {
  const header = Buffer.from(member.subarray(0, 10));
  header[3]! |= 0x04;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes);
  return Buffer.concat([header, length, Buffer.alloc(bytes), member.subarray(10)]);
};

describe('sampleSource', () => {
  it('takes the beginning of a plain source and 25 records at three places further in', async () => {
    const file = eventFile(40_000);
    const source = countingSource(memorySource(file));
    const sample = await sampleSource(source, PLAIN, RECIPE);
    const [head, ...further] = numbersOf(sample);
    expect(head).toEqual(upTo(2_000));
    expect(further.map((numbers) => numbers.length)).toEqual([25, 25, 25]);
    for (const [i, numbers] of further.entries()) {
      expect(numbers).toEqual(upTo(25, numbers[0]));
      expect(numbers[0]! / 40_000).toBeCloseTo([0.3, 0.6, 0.9][i]!, 2);
    }
    expect(sample).toMatchObject({ sourceBytes: file.length, isWhole: false });
    expect(source.ranges).toHaveLength(4);
    expect(source.bytesRead()).toBeLessThan(2 * MiB);
  });

  it('never reads more than 2 MiB, however long the records', async () => {
    const source = countingSource(memorySource(eventFile(300, () => 50_000)));
    const sample = await sampleSource(source, PLAIN, RECIPE);
    expect(source.bytesRead()).toBeLessThanOrEqual(2.1 * MiB);
    expect(numbersOf(sample)[0]!.length).toBeGreaterThan(20);
  });

  it('takes all of a small source, once, with a last line that does not end', async () => {
    const file = Buffer.from(
      upTo(150)
        .map((n) => eventLine(n))
        .join('\n'),
    );
    const source = countingSource(memorySource(file));
    const sample = await sampleSource(source, PLAIN, RECIPE);
    expect(numbersOf(sample)).toEqual([upTo(150)]);
    expect(sample.isWhole).toBe(true);
    expect(source.ranges).toHaveLength(1);
  });

  it.each([1_999, 2_000, 2_001])('knows whether %d records are all there are', async (count) => {
    const sample = await sampleSource(memorySource(eventFile(count, () => 100)), PLAIN, RECIPE);
    expect(sample.isWhole).toBe(count <= 2_000);
    expect(numbersOf(sample)[0]).toEqual(upTo(Math.min(count, 2_000)));
  });

  it('gives the same whatever pieces the source comes in', async () => {
    const file = eventFile(20_000);
    const zipped = gzipSync(file);
    const samples = [1_000, 4_097, 10_000_000].map((pieceBytes) => [
      sampleSource(memorySource(file, pieceBytes), PLAIN, RECIPE),
      sampleSource(memorySource(zipped, pieceBytes), GZIP, RECIPE),
    ]);
    const [first, ...others] = await Promise.all(samples.map((pair) => Promise.all(pair)));
    for (const other of others) expect(other).toEqual(first);
  });

  it('takes the beginning of a gzipped source by one read', async () => {
    const source = countingSource(memorySource(gzipSync(eventFile(40_000))));
    const sample = await sampleSource(source, GZIP, RECIPE);
    expect(numbersOf(sample)).toEqual([upTo(2_000)]);
    expect(sample).toMatchObject({ isWhole: false, compression: 'gzip' });
    expect(sample.damage).toBeUndefined();
    expect(source.ranges).toHaveLength(1);
    expect(source.ranges[0]!.end).toBeLessThan(2 * MiB);
  });

  it('does not take the cut that it makes itself for damage', async () => {
    // More members without content than are read, each with a field of its own: the read ends inside one of them.
    const nothing = withExtraField(gzipSync(''), 1_000);
    const file = Buffer.concat([...Array<Buffer>(1_600).fill(nothing), gzipSync(eventFile(10))]);
    const sample = await sampleSource(memorySource(file), GZIP, RECIPE);
    expect(sample.damage).toBeUndefined();
    expect(sample.isWhole).toBe(false);
  });

  it('takes what comes before the damage of a gzipped source', async () => {
    const zipped = gzipSync(eventFile(500));
    const sample = await sampleSource(memorySource(zipped.subarray(0, zipped.length / 2)), GZIP, RECIPE);
    expect(sample.spots[0]!.records.length).toBeGreaterThan(10);
    expect(sample.damage).toContain('gzip stream breaks');
  });

  it('finds nothing in an empty source, and nothing but damage in garbage', async () => {
    const empty = await sampleSource(memorySource(Buffer.alloc(0)), PLAIN, RECIPE);
    expect(empty).toEqual({
      spots: [{ offset: 0, records: [] }],
      sourceBytes: 0,
      format: 'jsonl',
      compression: 'none',
      storedRatio: 1,
      isWhole: true,
    });
    const garbage = await sampleSource(memorySource(Buffer.alloc(9_000, 7)), GZIP, RECIPE);
    expect(garbage.spots[0]!.records).toEqual([]);
    expect(garbage.damage).toContain('after 0 decompressed bytes');
  });

  it('takes the beginning of a line that is too long for a record that is', async () => {
    const sample = await sampleSource(memorySource(Buffer.alloc(5 * MiB, 'x')), PLAIN, RECIPE);
    expect(sample.spots.map(({ records }) => records.length)).toEqual([1, 0, 0, 0]);
    expect(sample.spots[0]!.records[0]).toMatchObject({ kind: 'oversized', offset: 0 });
  });

  it.each(['SOURCE_UNAVAILABLE', 'SOURCE_CHANGED'] as const)(
    'fails with %s as the source does',
    async (code) => {
      const source: ByteSource = {
        sizeBytes: 100,
        read: () => ({
          [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new ReadError(code, 'no')) }),
        }),
      };
      await expect(sampleSource(source, PLAIN, RECIPE)).rejects.toMatchObject({ code });
      await expect(sampleSource(source, GZIP, RECIPE)).rejects.toMatchObject({ code });
    },
  );
});
