const NEWLINE = 0x0a;
/** What a line may hold beside its text: a byte order mark and a line ending. */
const LINE_MARGIN_BYTES = 5;

export interface StagedChunk {
  /** Of its first byte in the stream. */
  readonly offset: number;
  readonly bytes: Buffer;
}

export interface StageOptions {
  readonly chunkBytes: number;
  /** Longest record accepted; of a longer one, only enough is kept to see that it is. */
  readonly recordBytesMax: number;
  /** Whether a failure is where the stream ends for good, so that what is held then is a chunk, the last one. */
  readonly isEnd?: (error: unknown) => boolean;
}

/**
 * Cuts a stream into chunks that begin and end at a line: each ends with the first line that reaches
 * `chunkBytes`. The cuts depend on the bytes alone, not on how they arrive, so a second run gives the same chunks.
 * Holds at most `chunkBytes + recordBytesMax` and one piece.
 *
 * @throws whatever the stream throws, after what came before it; the rest of that, shorter than a chunk, is only
 *   given where the next run could not read further, since it would make another chunk of it
 */
export async function* stageLines(
  stream: AsyncIterable<Buffer>,
  { chunkBytes, recordBytesMax, isEnd = () => false }: StageOptions,
): AsyncGenerator<StagedChunk> {
  const heldBytesMax = chunkBytes + recordBytesMax + LINE_MARGIN_BYTES;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let offset = 0;
  let isDropping = false;

  const take = (): StagedChunk => {
    const chunk = { offset, bytes: Buffer.concat(held) };
    offset += heldBytes;
    held = [];
    heldBytes = 0;
    return chunk;
  };

  /** Holds bytes up to the next cut. @returns how many, and whether the cut is reached */
  const holdToCut = (bytes: Buffer): { taken: number; isCut: boolean } => {
    const searchFrom = Math.max(0, chunkBytes - 1 - heldBytes);
    const newline = searchFrom < bytes.length ? bytes.indexOf(NEWLINE, searchFrom) : -1;
    const taken = Math.min(newline < 0 ? bytes.length : newline + 1, heldBytesMax - heldBytes);
    held.push(bytes.subarray(0, taken));
    heldBytes += taken;
    isDropping = heldBytes === heldBytesMax && bytes[taken - 1] !== NEWLINE;
    return { taken, isCut: isDropping || taken === newline + 1 };
  };

  const dropToNewline = (bytes: Buffer): number => {
    const newline = bytes.indexOf(NEWLINE);
    isDropping = newline < 0;
    const dropped = isDropping ? bytes.length : newline + 1;
    offset += dropped;
    return dropped;
  };

  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const piece of stream) {
      for (let rest = piece; rest.length > 0; ) {
        if (isDropping) {
          rest = rest.subarray(dropToNewline(rest));
          continue;
        }
        const { taken, isCut } = holdToCut(rest);
        rest = rest.subarray(taken);
        if (isCut) yield take();
      }
    }
  } catch (error) {
    failure = { error };
  }
  if (heldBytes > 0 && (!failure || isEnd(failure.error))) yield take();
  if (failure) throw failure.error;
}
