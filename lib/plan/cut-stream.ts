import type { Cutter } from '../frame/format.ts';

/** What a record may have around it that is not of it: a byte order mark, a line ending, a comma. */
const MARGIN_BYTES = 64;

/** A part of a stream that begins and ends at a border between records. */
export interface StreamCut {
  /** First byte, counted from the start of the stream. */
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
  /** Its bytes, or their beginning where a record in it is too long; empty unless `keepsBytes`. */
  readonly bytes: Buffer;
  /** The stream ends with it. */
  readonly isLast: boolean;
  /** The stream failed there for good, so that what stands at its end may be part of more. */
  readonly breaksOff: boolean;
}

export interface CutOptions {
  readonly cutter: Cutter;
  readonly chunkBytes: number;
  /** Longest record accepted; of a longer one, only enough is kept to see that it is. */
  readonly recordBytesMax: number;
  /** Where the stream begins, if not at its start. */
  readonly start?: number;
  readonly keepsBytes: boolean;
  /** Whether a failure is where the stream ends for good, so that what is held then is a cut, the last one. */
  readonly isEnd?: (error: unknown) => boolean;
}

/**
 * Cuts a stream at borders between records: each part ends with the first border that is `chunkBytes` behind its
 * start. The cuts depend on the bytes alone, not on how they arrive, so a second run gives the same parts.
 * Holds at most `chunkBytes + recordBytesMax` and one piece.
 *
 * @throws whatever the stream throws, after what came before it; the rest of that, shorter than a part, is only
 *   given where the next run could not read further, since it would make another part of it
 */
export async function* cutStream(
  stream: AsyncIterable<Buffer>,
  { cutter, chunkBytes, recordBytesMax, keepsBytes, isEnd = () => false, ...options }: CutOptions,
): AsyncGenerator<StreamCut> {
  const heldBytesMax = keepsBytes ? chunkBytes + recordBytesMax + MARGIN_BYTES : 0;
  let start = options.start ?? 0;
  let end = start;
  let held: Buffer[] = [];
  let heldBytes = 0;

  const hold = (bytes: Buffer): void => {
    end += bytes.length;
    if (heldBytes >= heldBytesMax) return;
    const kept = bytes.subarray(0, heldBytesMax - heldBytes);
    held.push(kept);
    heldBytes += kept.length;
  };

  const take = (at: Pick<StreamCut, 'isLast' | 'breaksOff'>): StreamCut => {
    const cut = { start, end, bytes: Buffer.concat(held), ...at };
    start = end;
    held = [];
    heldBytes = 0;
    return cut;
  };

  let failure: { readonly error: unknown } | undefined;
  let isAtBorder = false;
  try {
    for await (const piece of stream) {
      for (let rest = piece; rest.length > 0; ) {
        // Only now is it known that the stream does not end there.
        if (isAtBorder) yield take({ isLast: false, breaksOff: false });
        const border = cutter.advance(rest, Math.max(1, chunkBytes - (end - start)));
        hold(border < 0 ? rest : rest.subarray(0, border));
        isAtBorder = border >= 0;
        if (border < 0) break;
        rest = rest.subarray(border);
      }
    }
  } catch (error) {
    failure = { error };
  }
  const isLast = !failure || isEnd(failure.error);
  if (end > start && (isLast || isAtBorder))
    yield take({ isLast, breaksOff: isLast && failure !== undefined });
  if (failure) throw failure.error;
}
