import { crc32, deflateRawSync, zstdCompressSync } from 'node:zlib';
import avsc from 'avsc';
import { avro } from '../../../lib/frame/avro.ts';
import type { FrameOptions } from '../../../lib/frame/format.ts';
import type { FramedRecord } from '../../../lib/frame/record.ts';
import type { ByteSource } from '../../../lib/read/byte-source.ts';
import { csvSchema } from '../../../lib/recipe/formats.ts';

type Encode = (bytes: Buffer) => Buffer;

const CODECS: Readonly<Record<string, Encode>> = {
  null: (bytes) => bytes,
  deflate: (bytes) => deflateRawSync(bytes),
  zstandard: (bytes) => zstdCompressSync(bytes),
  snappy: (bytes) => {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(bytes));
    return Buffer.concat([snappyLiterals(bytes), checksum]);
  },
};

/** Snappy that compresses nothing: runs of at most 60 literals. */
const snappyLiterals = (bytes: Buffer): Buffer => {
  const parts = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 60) {
    const run = bytes.subarray(at, at + 60);
    parts.push(Buffer.from([(run.length - 1) << 2]), run);
  }
  return Buffer.concat(parts);
};

const varint = (value: number): Buffer =>
  value < 0x80
    ? Buffer.from([value])
    : Buffer.concat([Buffer.from([(value % 0x80) + 0x80]), varint(Math.floor(value / 0x80))]);

/** Avro's own integers: zigzag. */
export const long = (value: number): Buffer => varint(value * 2);

export const SYNC = Buffer.from('0123456789abcdef');

export interface AvroFileOptions {
  readonly codec?: string;
  /** Bytes after which avsc ends a block. */
  readonly blockSize?: number;
}

/** A file as avsc writes it. */
export const avroFile = async (
  schema: object | string,
  records: readonly unknown[],
  { codec = 'null', blockSize = 1_000 }: AvroFileOptions = {},
): Promise<Buffer> => {
  const codecs = Object.fromEntries(
    Object.entries(CODECS).map(([name, encode]) => [
      name,
      (bytes: Buffer, done: (error: null, bytes: Buffer) => void) => done(null, encode(bytes)),
    ]),
  );
  const encoder = new avsc.streams.BlockEncoder(schema as avsc.Schema, {
    codec,
    codecs: codecs as never,
    blockSize,
    syncMarker: SYNC,
    writeHeader: 'always',
  });
  const pieces: Buffer[] = [];
  encoder.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise((resolve, reject) => encoder.on('end', resolve).on('error', reject));
  for (const record of records) encoder.write(record);
  encoder.end();
  await ended;
  return Buffer.concat(pieces);
};

/** A file byte by byte: its header, and blocks of given records. */
export const avroBytes = (
  schema: unknown,
  blocks: readonly { readonly count: number; readonly data: Buffer }[],
  codec = 'null',
): Buffer => {
  const entry = (key: string, value: string): Buffer =>
    Buffer.concat([long(key.length), Buffer.from(key), long(Buffer.byteLength(value)), Buffer.from(value)]);
  return Buffer.concat([
    Buffer.from('Obj\x01', 'latin1'),
    long(2),
    entry('avro.schema', typeof schema === 'string' ? schema : JSON.stringify(schema)),
    entry('avro.codec', codec),
    long(0),
    SYNC,
    ...blocks.flatMap(({ count, data }) => {
      const bytes = CODECS[codec]?.(data) ?? data;
      return [long(count), long(bytes.length), bytes, SYNC];
    }),
  ]);
};

export interface AvroCall {
  readonly range?: { readonly start: number; readonly end: number };
  readonly recordBytesMax?: number;
}

export const frameOptions = (
  source: ByteSource,
  { range, recordBytesMax = 1_000_000 }: AvroCall,
): FrameOptions => ({
  range: range ?? { start: 0, end: source.sizeBytes },
  borders: 'bytes',
  startsFile: true,
  endsFile: true,
  recordBytesMax,
  csv: csvSchema.parse({}),
});

export const frameRecords = async (source: ByteSource, call: AvroCall = {}): Promise<FramedRecord[]> => {
  const records: FramedRecord[] = [];
  for await (const group of avro.frame(source, frameOptions(source, call))) records.push(...group);
  return records;
};

export const frameTexts = async (source: ByteSource, call: AvroCall = {}): Promise<string[]> =>
  (await frameRecords(source, call)).map(({ bytes }) => bytes.toString());
