import { deflateRawSync } from 'node:zlib';
import avsc from 'avsc';
import type { Row } from './rows.ts';
import type { FileParts } from './write.ts';

const MAGIC = Buffer.from('Obj\x01', 'latin1');
const SYNC = Buffer.from('0123456789abcdef');
/** What writers put into a block by default is 16 to 64 KiB. */
const BLOCK_ROWS = 60;

const FIELDS = [
  { name: 'event', type: 'string' },
  { name: 'time', type: { type: 'long', logicalType: 'timestamp-millis' } },
  { name: 'distinct_id', type: 'string' },
  { name: 'id', type: 'string' },
  { name: 'city', type: ['null', 'string'] },
  { name: 'path', type: 'string' },
  { name: 'amount', type: 'double' },
  { name: 'note', type: 'string' },
];

/** An Avro file, deflated. Its blocks can be repeated, since each ends with the mark that the header names. */
export const avroParts = (rows: readonly Row[]): FileParts => {
  const schema = { type: 'record', name: 'Event', fields: FIELDS } as const;
  const type = avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: false });
  const blocks: Buffer[] = [];
  for (let at = 0; at < rows.length; at += BLOCK_ROWS) {
    const taken = rows.slice(at, at + BLOCK_ROWS);
    const plain = taken.map((row) => type.toBuffer(row));
    const packed = deflateRawSync(Buffer.concat(plain), { level: 1 });
    blocks.push(long(taken.length), long(packed.length), packed, SYNC);
  }
  return { head: headerOf(schema), block: Buffer.concat(blocks) };
};

const headerOf = (schema: object): Buffer => {
  const entries = { 'avro.schema': JSON.stringify(schema), 'avro.codec': 'deflate' };
  const items = Object.entries(entries).flatMap(([key, value]) => [text(key), text(value)]);
  return Buffer.concat([MAGIC, long(Object.keys(entries).length), ...items, long(0), SYNC]);
};

const text = (value: string): Buffer => Buffer.concat([long(Buffer.byteLength(value)), Buffer.from(value)]);

const long = (value: number): Buffer => avsc.Type.forSchema('long').toBuffer(value);
