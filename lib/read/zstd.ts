import { constants, createZstdDecompress } from 'node:zlib';
import { Damage } from './damage.ts';
import { decodeMember, OUTPUT_BYTES } from './decode-member.ts';
import { BORDER, type MemberPart } from './members.ts';
import type { Pieces } from './pieces.ts';

/** 2 to this power, 128 MiB, is the most memory that a frame may ask for: what `zstd -d` takes by default. */
const WINDOW_LOG_MAX = 27;

/**
 * The frames of a zstd stream (RFC 8878). Node's decoder stops at the end of a frame, and would leave out all that
 * follow; so each gets a decoder of its own. A frame that ends exactly where a piece of input ends goes unseen, and
 * the decoder goes on with the next one: then there is no border, which does no harm.
 */
export async function* zstdMembers(pieces: Pieces): AsyncGenerator<MemberPart> {
  if ((await hasMore(pieces)) === false) throw new Damage('the stream is empty');
  for (;;) {
    yield* decodeMember(createDecoder(), pieces);
    if (!(await hasMore(pieces))) return;
    yield BORDER;
  }
}

const createDecoder = () =>
  createZstdDecompress({
    chunkSize: OUTPUT_BYTES,
    params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX },
  });

const hasMore = async (pieces: Pieces): Promise<boolean> => {
  const piece = await pieces.next();
  if (piece !== undefined) pieces.putBack(piece);
  return piece !== undefined;
};
