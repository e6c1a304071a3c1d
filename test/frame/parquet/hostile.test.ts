import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { isFanoutError } from '../../../lib/errors.ts';
import { planRowGroups } from '../../../lib/frame/parquet/plan.ts';
import { parquet } from '../../../lib/frame/parquet.ts';
import type { ByteSource } from '../../../lib/read/byte-source.ts';
import { memorySource } from '../../../lib/read/memory.ts';
import { ReadError } from '../../../lib/read/read-error.ts';
import { flat, frameOptions, frameTexts, parquetFile, withMetadata } from './parquet-files.ts';

const ROWS = 300;
const numbers = Array.from({ length: ROWS }, (_, row) => row);
const file = parquetFile(
  [
    flat({ name: 'n', type: 'INT32' }, numbers),
    flat(
      { name: 't', type: 'BYTE_ARRAY' },
      numbers.map((row) => Buffer.from(`text ${row % 9}`)),
    ),
  ],
  { rowGroupSize: 100, codec: 'UNCOMPRESSED' },
);
const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../fixtures/parquet/${name}`, import.meta.url));

/** The rows that come before a failure, and the failure. */
const frameToFailure = async (bytes: Buffer) => {
  const texts: string[] = [];
  let lastPlace = 0;
  try {
    for await (const records of parquet.frame(memorySource(bytes), frameOptions({})))
      for (const record of records) {
        expect(record.offset).toBe(lastPlace);
        lastPlace = record.nextOffset;
        texts.push(record.bytes.toString());
      }
    return { texts };
  } catch (error) {
    return { texts, error };
  }
};

describe('a broken Parquet file', () => {
  it.each([
    ['is empty', Buffer.alloc(0), 'it has 0 bytes'],
    ['is too short', Buffer.from('PAR1PAR1'), 'it has 8 bytes'],
    ['lacks its end', file.subarray(0, file.length - 10), 'instead of "PAR1"'],
    ['is something else', Buffer.from(`${'{"a":1}\n'.repeat(20)}`), 'so its end is missing'],
    [
      'has a footer longer than itself',
      Buffer.concat([file.subarray(0, 4), file.subarray(file.length - 8)]),
      'its footer should have',
    ],
  ])('that %s fails with what was seen', async (_, bytes, seen) => {
    const failure = { code: 'SOURCE_CORRUPT', retryable: false, message: expect.stringContaining(seen) };
    await expect(
      planRowGroups(memorySource(bytes), { settings: {}, chunkBytesFor: () => 1e6 }),
    ).rejects.toMatchObject(failure);
    await expect(frameTexts(memorySource(bytes))).rejects.toMatchObject(failure);
  });

  it('gives all rows before the break', async () => {
    const bytes = Buffer.from(file);
    const { row_groups } = parquetMetadata(file);
    const third = Number(row_groups[2]!.columns[0]!.meta_data!.data_page_offset);
    bytes.fill(0xff, third, third + 20);
    const { texts, error } = await frameToFailure(bytes);
    expect(texts).toHaveLength(200);
    expect(error).toMatchObject({ code: 'SOURCE_CORRUPT', message: expect.stringContaining('column "n"') });
  });

  it('is found out by the checksums of its pages', async () => {
    const bytes = fixture('pages-v2-plain-lz4.parquet');
    const { data_page_offset, total_compressed_size } =
      parquetMetadata(bytes).row_groups[1]!.columns[0]!.meta_data!;
    bytes[Number(data_page_offset + total_compressed_size) - 1]! ^= 1;
    const { texts, error } = await frameToFailure(bytes);
    expect(error).toMatchObject({
      code: 'SOURCE_CORRUPT',
      message: expect.stringContaining('column "i": the checksum of a page does not match'),
    });
    expect(texts.length).toBeGreaterThan(0);
  });

  it('passes on what the source fails with', async () => {
    const gone = new ReadError('SOURCE_VANISHED', 'It is gone.');
    const whole = memorySource(file);
    let reads = 0;
    const source: ByteSource = {
      ...whole,
      async *read(range) {
        if (reads++ > 0) throw gone;
        yield* whole.read(range);
      },
    };
    await expect(frameTexts(source)).rejects.toBe(gone);
    expect(reads).toBe(2);
  });

  it.each<[string, (metadata: FileMetaData) => void, string]>([
    [
      'a codec that nothing reads',
      ({ row_groups }) => {
        row_groups[1]!.columns[1]!.meta_data!.codec = 'LZO';
      },
      'Column "t" is compressed with LZO',
    ],
    [
      'columns in other files',
      ({ row_groups }) => {
        row_groups[0]!.columns[0]!.file_path = 'elsewhere';
      },
      'Column "n" is in another file',
    ],
    [
      'encrypted columns',
      ({ row_groups }) => {
        row_groups[0]!.columns[0]!.encrypted_column_metadata = new Uint8Array(3);
      },
      'Column "n" is encrypted',
    ],
  ])('is refused before a record is read: %s', async (_, edit, seen) => {
    const failure = { code: 'PARQUET_UNSUPPORTED', retryable: false, message: expect.stringContaining(seen) };
    const source = memorySource(withMetadata(file, edit));
    await expect(planRowGroups(source, { settings: {}, chunkBytesFor: () => 1e6 })).rejects.toMatchObject(
      failure,
    );
  });

  it('is refused where its footer is encrypted', async () => {
    const encrypted = Buffer.concat([file.subarray(0, file.length - 4), Buffer.from('PARE')]);
    await expect(frameTexts(memorySource(encrypted))).rejects.toMatchObject({
      code: 'PARQUET_UNSUPPORTED',
      message: expect.stringContaining('encrypted'),
    });
  });

  it.each<[string, (metadata: FileMetaData) => void]>([
    [
      'more rows than pages hold',
      ({ row_groups }) => {
        row_groups[2]!.num_rows = 150n;
      },
    ],
    [
      'fewer rows than pages hold',
      ({ row_groups }) => {
        row_groups[2]!.num_rows = 50n;
      },
    ],
    [
      'columns outside the file',
      ({ row_groups }) => {
        row_groups[2]!.columns[0]!.meta_data!.total_compressed_size = 1_000_000n;
      },
    ],
    [
      'a column in place of another',
      ({ row_groups }) => {
        row_groups[2]!.columns.reverse();
      },
    ],
  ])('fails where its footer promises %s', async (_, edit) => {
    const { error } = await frameToFailure(withMetadata(file, edit));
    expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
  });

  it.each([
    ['uncompressed', file],
    ['version 1 pages', fixture('pages-v1-indexed-zstd.parquet')],
    ['version 2 pages', fixture('pages-v2-delta-snappy.parquet')],
    ['LZ4', fixture('pages-v2-plain-lz4.parquet')],
  ])('never crashes, hangs or ends in anything but a failure with a code: %s', async (_, bytes) => {
    const change = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(bytes.length),
        async (changes, cut) => {
          const mutant = Buffer.from(bytes);
          for (const { at, value } of changes) mutant[at] = value;
          const isCut = cut < bytes.length / 20;
          const { texts, error } = await frameToFailure(
            isCut ? Buffer.concat([mutant.subarray(0, cut), mutant.subarray(cut * 2)]) : mutant,
          );
          expect(error === undefined || isFanoutError(error)).toBe(true);
          for (const text of texts) JSON.parse(text);
        },
      ),
      { numRuns: 250, seed: 5 },
    );
  });
});
