import type { Pieces } from './pieces.ts';

/** Stands between two members, each of which can be decompressed without what is before it. */
export const BORDER = Symbol('border');

export type MemberPart = Buffer | typeof BORDER;

/**
 * Decompresses a stream of one or more members (gzip), frames (zstd) or streams (bzip2). Gives its bytes in pieces
 * and, where `pieces` stands at the first byte of another member, {@link BORDER}.
 *
 * @throws {Damage} where the stream cannot be read on, after everything before
 * @throws whatever `pieces` throws
 */
export type ReadMembers = (pieces: Pieces) => AsyncGenerator<MemberPart>;
