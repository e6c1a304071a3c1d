import { ByteWriter } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../lib/read/memory.ts';
import { frameTexts } from './parquet-files.ts';

/** A value of a field that repeats; it begins a row or goes on with one. */
interface Item {
  readonly value: number;
  readonly beginsRow: boolean;
}

const zigzag = (value: number): number => value * 2;
/** A field of a compact Thrift struct, the next one in order: a small integer. */
const field = (value: number): number[] => [0x15, zigzag(value)];

/** Levels of one bit, at most eight of them: their length in bytes, then one packed group. */
const levels = (bits: readonly number[]): number[] => [
  2,
  0,
  0,
  0,
  3,
  bits.reduce((byte, bit, at) => byte | (bit << at), 0),
];

/** A page of version 1, in which a row may begin in one page and end in another. No writer at hand makes such. */
const page = (items: readonly Item[]): Buffer => {
  const values = Buffer.alloc(items.length * 4);
  for (const [at, { value }] of items.entries()) values.writeInt32LE(value, at * 4);
  const body = Buffer.concat([
    Buffer.from(levels(items.map(({ beginsRow }) => (beginsRow ? 0 : 1)))),
    Buffer.from(levels(items.map(() => 1))),
    values,
  ]);
  const sizes = [...field(body.length), ...field(body.length)];
  const rle = field(3);
  const dataHeader = [0x2c, ...field(items.length), ...field(0), ...rle, ...rle, 0];
  return Buffer.concat([Buffer.from([...field(0), ...sizes, ...dataHeader, 0]), body]);
};

const fileOf = (pages: readonly (readonly Item[])[]): Buffer => {
  const data = Buffer.concat(pages.map(page));
  const items = pages.flat();
  const rows = BigInt(items.filter(({ beginsRow }) => beginsRow).length);
  const bytes = BigInt(data.length);
  const footer = new ByteWriter();
  writeMetadata(footer, {
    version: 1,
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'v', type: 'INT32', repetition_type: 'REPEATED' },
    ],
    num_rows: rows,
    row_groups: [
      {
        num_rows: rows,
        total_byte_size: bytes,
        columns: [
          {
            file_offset: 4n,
            meta_data: {
              type: 'INT32',
              encodings: ['PLAIN', 'RLE'],
              path_in_schema: ['v'],
              codec: 'UNCOMPRESSED',
              num_values: BigInt(items.length),
              total_uncompressed_size: bytes,
              total_compressed_size: bytes,
              data_page_offset: 4n,
            },
          },
        ],
      },
    ],
    metadata_length: 0,
  });
  return Buffer.concat([Buffer.from('PAR1'), data, footer.getBytes(), Buffer.from('PAR1')]);
};

const begin = (value: number): Item => ({ value, beginsRow: true });
const goOn = (value: number): Item => ({ value, beginsRow: false });

describe('rows of Parquet that span pages', () => {
  const file = fileOf([[begin(1), goOn(2)], [goOn(3)], [goOn(4), begin(5), begin(6)], [goOn(7), begin(8)]]);

  it('come whole', async () => {
    expect(await frameTexts(memorySource(file))).toEqual([
      '{"v":[1,2,3,4]}',
      '{"v":[5]}',
      '{"v":[6,7]}',
      '{"v":[8]}',
    ]);
  });

  it('are passed over whole', async () => {
    expect(await frameTexts(memorySource(file), { rows: { start: 1, end: 3 } })).toEqual([
      '{"v":[5]}',
      '{"v":[6,7]}',
    ]);
    expect(await frameTexts(memorySource(file), { rows: { start: 3, end: 4 } })).toEqual(['{"v":[8]}']);
  });
});
