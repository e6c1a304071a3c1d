import type { ByteLimit } from './byte-limit.ts';
import { bzip2Members } from './bzip2.ts';
import { Damage } from './damage.ts';
import { gzipMembers } from './gzip.ts';
import { BORDER, type ReadMembers } from './members.ts';
import { createPieces } from './pieces.ts';
import { ReadError } from './read-error.ts';
import { zstdMembers } from './zstd.ts';

/** Every compression of a single stream. A tar.gz is gzip here; its entries are read from what this gives. */
const MEMBERS = {
  gzip: gzipMembers,
  zstd: zstdMembers,
  bzip2: bzip2Members,
} satisfies Readonly<Record<string, ReadMembers>>;

export type StreamCompression = keyof typeof MEMBERS;

export const isStreamCompression = (name: string): name is StreamCompression => Object.hasOwn(MEMBERS, name);

/** A place between two members, from which another process can go on. */
export interface MemberBorder {
  /** Of the first byte of the next member, in the source. */
  readonly compressedOffset: number;
  /** Of the first byte that it gives. */
  readonly decompressedOffset: number;
}

export type DecompressedPart =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | ({ readonly kind: 'border' } & MemberBorder);

export interface DecompressOptions {
  /** Where `pieces` begins, if not at the start of the source: a border of an earlier run. */
  readonly from?: MemberBorder;
  readonly limit?: ByteLimit;
  /** What the stream is, for a failure to say. */
  readonly name?: string;
}

const START: MemberBorder = { compressedOffset: 0, decompressedOffset: 0 };

/**
 * Decompresses a stream, of one member or several, in pieces of at most 128 KiB.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where the stream is damaged or ends early. What comes before is given first:
 *   all of it where the stream was cut off (up to the last whole block for bzip2 and zstd, whose blocks cannot be
 *   read in part); where it is damaged inside, all but at most 128 KiB. gzip notices most damage late, so what is
 *   given may end with bytes that are wrong; bzip2 gives none before it has checked them.
 * @throws {ReadError} `SOURCE_TOO_LARGE` by `limit`
 * @throws whatever `pieces` throws
 */
export async function* decompress(
  compression: StreamCompression,
  pieces: AsyncIterable<Uint8Array>,
  options: DecompressOptions = {},
): AsyncGenerator<Buffer> {
  for await (const part of decompressMembers(compression, pieces, options))
    if (part.kind === 'bytes') yield part.bytes;
}

/** {@link decompress}, with the borders between members among the bytes. */
export async function* decompressMembers(
  compression: StreamCompression,
  input: AsyncIterable<Uint8Array>,
  { from = START, limit, name }: DecompressOptions = {},
): AsyncGenerator<DecompressedPart> {
  const pieces = createPieces(input);
  let { decompressedOffset } = from;
  try {
    for await (const part of MEMBERS[compression](pieces)) {
      if (part === BORDER) {
        const compressedOffset = from.compressedOffset + pieces.offset();
        yield { kind: 'border', compressedOffset, decompressedOffset };
        continue;
      }
      limit?.(part.length);
      decompressedOffset += part.length;
      yield { kind: 'bytes', bytes: part };
    }
  } catch (error) {
    throw error instanceof Damage ? corrupt({ compression, name }, decompressedOffset, error) : error;
  } finally {
    await pieces.close();
  }
}

const corrupt = (
  { compression, name }: { readonly compression: StreamCompression; readonly name: string | undefined },
  bytes: number,
  damage: Damage,
): ReadError =>
  new ReadError(
    'SOURCE_CORRUPT',
    `The ${compression} stream${name === undefined ? '' : ` of ${name}`} breaks after ${bytes} decompressed bytes (${damage.message}); what comes before is imported. Drop an intact file to import the rest.`,
    { cause: damage },
  );
