import type { ByteRange, ByteSource } from './byte-source.ts';

export interface ReclaimedSource {
  readonly source: ByteSource;
  /** Takes back the memory of what was read before `offset`: nobody may look at those bytes any more. */
  release(offset: number): void;
}

/**
 * The same source, read from its beginning to its end; where it gives its pieces away, their memory is free as soon as
 * it is released. Left to the collector it would be so at its next turn only, and it takes a turn for every few dozen
 * MB that buffers hold, each time looking at all that is alive.
 */
export const reclaim = (source: ByteSource): ReclaimedSource => {
  if (!source.givesAway) return { source, release: () => undefined };
  /** What was read and not released, in the order of the source. */
  const held: { readonly end: number; readonly piece: Uint8Array }[] = [];

  async function* read(range: ByteRange): AsyncGenerator<Uint8Array> {
    let end = range.start;
    for await (const piece of source.read(range)) {
      end += piece.length;
      held.push({ end, piece });
      yield piece;
    }
  }

  const release = (offset: number): void => {
    const needed = held.findIndex(({ end }) => end > offset);
    for (const { piece } of held.splice(0, needed < 0 ? held.length : needed)) takeBack(piece);
  };

  return { source: { sizeBytes: source.sizeBytes, read }, release };
};

/** Only of memory that holds nothing but the piece: what else stands there may be somebody else's. */
const takeBack = ({ buffer, byteLength }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
};
