import { Readable } from 'node:stream';
import { crc32, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { decompress } from '../../read/decompress.ts';
import { FrameError } from '../frame-error.ts';
import { snappyLength, unsnap } from '../snappy.ts';

/** Behind snappy's bytes: the checksum of what they decompress to. */
const CHECKSUM_BYTES = 4;

/** @param bytesMax of what comes out: no more is ever held */
type Decompress = (bytes: Buffer, bytesMax: number) => Promise<Buffer> | Buffer;

const DECOMPRESS = {
  null: (bytes) => bytes,
  deflate: (bytes, bytesMax) => inflateRawSync(bytes, { maxOutputLength: bytesMax }),
  zstandard: (bytes, bytesMax) => zstdDecompressSync(bytes, { maxOutputLength: bytesMax }),
  snappy: (bytes, bytesMax) => unsnapChecked(bytes, bytesMax),
  bzip2: (bytes, bytesMax) => unbzip2(bytes, bytesMax),
} satisfies Readonly<Record<string, Decompress>>;

export type AvroCodec = keyof typeof DECOMPRESS;

export const isKnownCodec = (name: string): name is AvroCodec => Object.hasOwn(DECOMPRESS, name);

/**
 * What a block holds.
 *
 * @throws {FrameError} `AVRO_BLOCK_TOO_LONG` where it is more than `bytesMax`
 * @throws {Error} where it is broken
 */
export const decompressBlock = async (codec: AvroCodec, bytes: Buffer, bytesMax: number): Promise<Buffer> => {
  try {
    return await DECOMPRESS[codec](bytes, bytesMax);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw blockTooLong(bytesMax);
    throw error;
  }
};

export const blockTooLong = (bytesMax: number): FrameError =>
  new FrameError(
    'AVRO_BLOCK_TOO_LONG',
    `A block of the Avro file has more than ${bytesMax} bytes, which is as much as is held: write it with a shorter sync interval.`,
  );

const unsnapChecked = (bytes: Buffer, bytesMax: number): Buffer => {
  const body = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_BYTES));
  const length = snappyLength(body);
  if (length > bytesMax) throw blockTooLong(bytesMax);
  const plain = unsnap(body, length);
  if (crc32(plain) !== bytes.readUInt32BE(body.length)) throw new Error('its checksum does not match');
  return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
};

const unbzip2 = async (bytes: Buffer, bytesMax: number): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  let length = 0;
  const limit = (more: number): void => {
    length += more;
    if (length > bytesMax) throw blockTooLong(bytesMax);
  };
  for await (const piece of decompress('bzip2', Readable.from([bytes]), { limit })) pieces.push(piece);
  return Buffer.concat(pieces);
};
