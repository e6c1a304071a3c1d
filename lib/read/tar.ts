import { setImmediate } from 'node:timers/promises';
import type { Header } from 'tar-stream';
import { type ArchivePart, createAdmission, ENTRIES_MAX_DEFAULT, refused } from './archive.ts';
import { createPieces, type Pieces } from './pieces.ts';
import { ReadError } from './read-error.ts';

const BLOCK_BYTES = 512;
const ZEROS = Buffer.alloc(BLOCK_BYTES);
/** Headers in front of an entry, such as one for a long name: tar-stream takes up to 4 MiB in each. */
const HEADER_BYTES_MAX = 8 * 1024 * 1024;
/** Archives from before there was a name for the format, too; their headers have a checksum like all others. */
const PARSER_OPTIONS = { highWaterMark: BLOCK_BYTES, allowUnknownFormat: true };

export interface TarOptions {
  readonly entriesMax?: number;
}

/**
 * The entries of a tar stream in their order, in memory of a few pieces. An entry must be read before the next one is
 * asked for; what of it was not read then is passed over.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where the archive is damaged or ends without its end mark, after everything
 *   readable before
 * @throws {ReadError} `SOURCE_TOO_LARGE` at more than `entriesMax` entries
 * @throws whatever `stream` throws
 */
export async function* tarEntries(
  stream: AsyncIterable<Uint8Array>,
  { entriesMax = ENTRIES_MAX_DEFAULT }: TarOptions = {},
): AsyncGenerator<ArchivePart> {
  const pieces = createPieces(stream);
  const admit = createAdmission(entriesMax);
  let isEndMarked = false;
  try {
    for (;;) {
      const header = await readHeader(pieces);
      if (header === 'end of stream') break;
      isEndMarked = header === 'end mark';
      if (header === 'end mark') continue;
      const content = createContent(pieces, header.type === 'directory' ? 0 : header.size);
      yield partOf(header, admit(header.name), content);
      await content.skip();
    }
    if (!isEndMarked) throw corrupt(pieces, 'it ends without its end mark');
  } finally {
    await pieces.close();
  }
}

/**
 * The header of the next entry. tar-stream is asked for headers only: it drops what it holds of an entry when the
 * stream ends early, and what was readable must not be lost.
 */
const readHeader = async (pieces: Pieces): Promise<Header | 'end mark' | 'end of stream'> => {
  const first = await pieces.take(BLOCK_BYTES);
  if (first.length === 0) return 'end of stream';
  if (first.equals(ZEROS)) return 'end mark';
  const parser = await openParser();
  try {
    for (let block = first, bytes = 0; ; block = await pieces.take(BLOCK_BYTES)) {
      bytes += BLOCK_BYTES;
      if (block.length < BLOCK_BYTES) throw corrupt(pieces, 'it is cut off in a header');
      if (bytes > HEADER_BYTES_MAX) throw corrupt(pieces, `a header longer than ${HEADER_BYTES_MAX} bytes`);
      const result = await parser.parse(block);
      if (result instanceof Error) throw corrupt(pieces, result.message, result);
      if (result !== undefined) return result;
    }
  } finally {
    parser.close();
  }
};

/** Takes the blocks of one header, and says what is in it once it is whole. */
const openParser = async () => {
  // A bundle has no names of a CommonJS module but its default.
  const { default: tarStream } = await import('tar-stream');
  const parser = tarStream.extract(PARSER_OPTIONS);
  let result: Header | Error | undefined;
  parser.on('entry', (header, entry) => {
    entry.on('error', () => undefined);
    result = header;
  });
  parser.on('error', (error) => {
    result = error;
  });
  return {
    parse: async (block: Buffer): Promise<Header | Error | undefined> => {
      parser.write(block);
      // tar-stream takes what it is given in microtasks, all of which come before this.
      await setImmediate();
      return result;
    },
    close: () => parser.destroy(),
  };
};

interface Content {
  readonly sizeBytes: number;
  read(): AsyncGenerator<Buffer>;
  /** Passes over what was not read, and the padding. */
  skip(): Promise<void>;
}

const createContent = (pieces: Pieces, sizeBytes: number): Content => {
  let leftBytes = sizeBytes;
  async function* read(): AsyncGenerator<Buffer> {
    while (leftBytes > 0) {
      const piece = await pieces.next();
      if (piece === undefined) throw corrupt(pieces, `it is cut off ${leftBytes} bytes before an entry ends`);
      const own = piece.subarray(0, leftBytes);
      if (own.length < piece.length) pieces.putBack(piece.subarray(own.length));
      leftBytes -= own.length;
      yield own;
    }
  }
  return {
    sizeBytes,
    read,
    skip: async () => {
      for await (const _ of read());
      await pieces.take((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
    },
  };
};

const partOf = (
  { type }: Header,
  name: ReturnType<ReturnType<typeof createAdmission>>,
  { sizeBytes, read }: Content,
): ArchivePart => {
  if (typeof name !== 'string') return name;
  if (type === 'file' || type === 'contiguous-file') return { kind: 'entry', name, sizeBytes, open: read };
  if (!type || sizeBytes > 0) return refused(name, 'it is of a kind of tar entry that is not supported');
  return { kind: 'skipped', name, reason: type === 'directory' ? 'a folder' : `no file but a ${type}` };
};

const corrupt = (pieces: Pieces, reason: string, cause?: Error): ReadError =>
  new ReadError(
    'SOURCE_CORRUPT',
    `The tar archive breaks at byte ${pieces.offset()} (${reason}); what comes before is imported. Drop an intact file to import the rest.`,
    { cause },
  );
