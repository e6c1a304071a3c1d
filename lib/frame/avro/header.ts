import type { ByteSource } from '../../read/byte-source.ts';
import { readWhole } from '../../read/read-whole.ts';
import { FrameError } from '../frame-error.ts';
import { type AvroCodec, isKnownCodec } from './codecs.ts';
import { corrupt, reasonOf } from './corrupt.ts';
import type { Print } from './print.ts';
import { type AvroReader, createAvroReader } from './reader.ts';
import { compileSchema } from './schema.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const MAGIC = Buffer.from('Obj\x01', 'latin1');
export const SYNC_BYTES = 16;
/** Most headers are a few KiB. */
const HEAD_BYTES = 64 * KiB;
const HEAD_BYTES_MAX = 4 * MiB;

/** An Avro file of which the header was read. */
export interface AvroFile {
  readonly codec: AvroCodec;
  /** What stands behind the header and behind each block. */
  readonly sync: Buffer;
  /** First byte of the first block. */
  readonly blocksStart: number;
  /** Reads one record. */
  readonly print: Print;
}

/**
 * Reads the header of a file from its start, most often in one read.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where there is no whole header, or whatever the source throws
 * @throws {FrameError} `AVRO_UNSUPPORTED` for its schema or its codec
 */
export const openAvro = async (source: ByteSource): Promise<AvroFile> => {
  for (let bytes = HEAD_BYTES; ; bytes *= 8) {
    const head = await readWhole(source, { start: 0, end: Math.min(bytes, source.sizeBytes) });
    const header = parseHeader(head);
    if (!('error' in header)) return compiled(header);
    if (head.length === source.sizeBytes || bytes >= HEAD_BYTES_MAX)
      throw corrupt(`its header: ${reasonOf(header.error)}`, header.error);
  }
};

interface Header {
  readonly entries: ReadonlyMap<string, Buffer>;
  readonly sync: Buffer;
  readonly blocksStart: number;
}

const parseHeader = (head: Buffer): Header | { readonly error: unknown } => {
  const magic = head.subarray(0, MAGIC.length);
  if (!magic.equals(MAGIC)) throw corrupt(`it begins with ${JSON.stringify(magic.toString('latin1'))}`);
  const reader = createAvroReader(head);
  try {
    reader.bytes(MAGIC.length);
    const entries = readEntries(reader);
    const sync = Buffer.from(reader.bytes(SYNC_BYTES));
    return { entries, sync, blocksStart: reader.position() };
  } catch (error) {
    return { error };
  }
};

const readEntries = (reader: AvroReader): Map<string, Buffer> => {
  const entries = new Map<string, Buffer>();
  for (let items = reader.itemCount(); items > 0; items = reader.itemCount()) {
    for (let item = 0; item < items; item++) {
      const key = reader.bytes(reader.length()).toString('utf8');
      entries.set(key, reader.bytes(reader.length()));
    }
  }
  return entries;
};

const compiled = async ({ entries, sync, blocksStart }: Header): Promise<AvroFile> => {
  const schema = entries.get('avro.schema');
  if (!schema) throw corrupt('its header has no schema');
  const codec = entries.get('avro.codec')?.toString('utf8') ?? 'null';
  if (!isKnownCodec(codec)) {
    throw new FrameError(
      'AVRO_UNSUPPORTED',
      `The Avro file is compressed with ${JSON.stringify(codec.slice(0, 40))}: write it with deflate, snappy, zstandard, bzip2 or null.`,
    );
  }
  return { codec, sync, blocksStart, print: await compileSchema(schema.toString('utf8')) };
};
