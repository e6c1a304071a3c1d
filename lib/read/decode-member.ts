import type { Transform } from 'node:stream';
import { compact } from './compact.ts';
import { Damage } from './damage.ts';
import type { Pieces } from './pieces.ts';

/** What a decoder gives at a time, and all that may be lost where it meets damage. */
export const OUTPUT_BYTES = 128 * 1024;

/**
 * What a decoder is given at a time. Always the same, counted from the beginning of a member: how much it gives of a
 * piece that is damaged depends on where the piece begins.
 */
const INPUT_BYTES = 64 * 1024;

/** A decoder of node:zlib that stops at the end of what it decodes. Made with a `chunkSize` of {@link OUTPUT_BYTES}. */
export type Decoder = Transform & {
  /** Bytes that it has decoded, of those it was given. */
  readonly bytesWritten: number;
};

/**
 * Decodes up to the end that `decoder` finds, and leaves `pieces` at the byte behind it. One piece of input and
 * one of output are under way at a time. All output that the decoder finished before it met damage is given first.
 *
 * @throws {Damage} where the input is not what the decoder takes, or ends early
 * @throws whatever `pieces` throws
 */
export async function* decodeMember(decoder: Decoder, pieces: Pieces): AsyncGenerator<Buffer> {
  const state = watch(decoder);
  let givenBytes = 0;
  try {
    for (;;) {
      const piece = await pieces.take(INPUT_BYTES);
      givenBytes += piece.length;
      state.give(piece);
      for (;;) {
        const output = decoder.read() as Buffer | null;
        if (output !== null) {
          yield compact(output);
        } else if (state.failure !== undefined) {
          throw new Damage(reasonOf(state.failure), { cause: state.failure });
        } else if (state.isEnded || state.isTaken) {
          const unused = givenBytes - decoder.bytesWritten;
          if (unused > 0) pieces.putBack(piece.subarray(piece.length - unused));
          if (state.isEnded || unused > 0) return;
          break;
        } else {
          await state.change();
        }
      }
    }
  } finally {
    decoder.destroy();
  }
}

/** Follows a decoder: what has become of the input that was given last, and of the decoder itself. */
const watch = (decoder: Decoder) => {
  let onChange = (): void => undefined;
  const state = {
    /** The decoder took its input, or as much of it as it has use for. */
    isTaken: false,
    isEnded: false,
    failure: undefined as Error | undefined,
    /** Hands the decoder its next input; none says that there is no more. */
    give: (piece: Buffer): void => {
      state.isTaken = false;
      if (piece.length === 0) decoder.end();
      else decoder.write(piece, (error) => note({ isTaken: !error }));
    },
    /** Passes when there may be output, or one of the above is different. */
    change: (): Promise<void> =>
      new Promise((resolve) => {
        onChange = resolve;
      }),
  };
  const note = (change: Partial<typeof state>): void => {
    Object.assign(state, change);
    onChange();
  };
  decoder.on('readable', () => note({}));
  decoder.on('end', () => note({ isEnded: true }));
  decoder.on('error', (failure) => note({ failure }));
  return state;
};

/** The code of node:zlib, such as Z_DATA_ERROR: its messages say no more. */
const reasonOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.message;
