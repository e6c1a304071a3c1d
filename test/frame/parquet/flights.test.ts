import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, it } from 'vitest';
import { planRowGroups } from '../../../lib/frame/parquet/plan.ts';
import { memorySource } from '../../../lib/read/memory.ts';
import { countingSource } from '../../read/counting-source.ts';
import { frameTexts } from './parquet-files.ts';

/** 3,000,000 rows in 11 row groups, written by Polars with zstd and dictionaries. */
const file = readFileSync(
  new URL('../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);

interface Flight {
  readonly date: Date | string;
  readonly delay: bigint | number;
  readonly distance: bigint | number;
  readonly origin: string;
  readonly destination: string;
}

const checksum = (flights: Iterable<Flight>): string => {
  const hash = createHash('sha256');
  for (const { date, delay, distance, origin, destination } of flights) {
    const at = typeof date === 'string' ? Date.parse(`${date}Z`) : date.getTime();
    hash.update(`${at} ${delay} ${distance} ${origin} ${destination}\n`);
  }
  return hash.digest('hex');
};

/** The same rows as hyparquet's own reader gives them. */
const readPlainly = (rowStart: number, rowEnd: number) =>
  parquetReadObjects({
    file: {
      byteLength: file.length,
      slice: (start, end) => Uint8Array.from(file.subarray(start, end)).buffer,
    },
    compressors,
    rowStart,
    rowEnd,
  }) as Promise<Iterable<Flight>>;

describe('flights-3m.parquet', () => {
  it('has 3,000,000 rows, each in one chunk', async () => {
    const source = memorySource(file);
    const { rows, rowGroups, chunks, columns } = await planRowGroups(source, {
      settings: {},
      chunkBytesFor: () => 4_000_000,
    });
    expect({ rows, rowGroups }).toEqual({ rows: 3_000_000, rowGroups: 11 });
    expect(columns).toEqual(['date', 'delay', 'distance', 'origin', 'destination']);
    expect(chunks.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(rows);
    expect(chunks.length).toBeGreaterThan(50);
  });

  it.each([
    ['over the border of two row groups', 272_000, 274_000],
    ['at its end', 2_990_000, 3_000_000],
  ])('gives what hyparquet itself reads %s', async (_, start, end) => {
    const source = countingSource(memorySource(file));
    const texts = await frameTexts(source, { rows: { start, end } });
    expect(texts).toHaveLength(end - start);
    expect(checksum(texts.map((text) => JSON.parse(text) as Flight))).toBe(
      checksum(await readPlainly(start, end)),
    );
    expect(source.bytesRead()).toBeLessThan(file.length / 2);
  });
});
