import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../lib/read/byte-source.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { reclaim } from '../../lib/read/reclaim.ts';
import { givenAway } from './given-away.ts';

const FILE = Buffer.from('0123456789');

const readAll = async (source: ByteSource, range = { start: 0, end: FILE.length }): Promise<Uint8Array[]> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read(range)) pieces.push(piece);
  return pieces;
};

const textsOf = (pieces: readonly Uint8Array[]): string[] =>
  pieces.map((piece) => Buffer.from(piece).toString());

describe('reclaim', () => {
  it('gives what the source gives, and takes back the pieces that end where it is told or before', async () => {
    const { source, release } = reclaim(givenAway(memorySource(FILE, 3)));
    const pieces = await readAll(source);
    expect(textsOf(pieces)).toEqual(['012', '345', '678', '9']);
    release(5);
    expect(textsOf(pieces)).toEqual(['', '345', '678', '9']);
    release(9);
    expect(textsOf(pieces)).toEqual(['', '', '', '9']);
    release(10);
    expect(textsOf(pieces)).toEqual(['', '', '', '']);
    expect(pieces.map(({ buffer }) => (buffer as ArrayBuffer).detached)).toEqual([true, true, true, true]);
  });

  it('counts from the start of the object, over several reads', async () => {
    const { source, release } = reclaim(givenAway(memorySource(FILE, 3)));
    const pieces = [
      ...(await readAll(source, { start: 4, end: 7 })),
      ...(await readAll(source, { start: 7, end: 10 })),
    ];
    release(7);
    expect(textsOf(pieces)).toEqual(['', '789']);
  });

  it('leaves a piece whose memory holds more than the piece', async () => {
    const shared = Buffer.from(new Uint8Array(FILE).buffer);
    const { source, release } = reclaim({ ...memorySource(shared, 3), givesAway: true });
    const pieces = await readAll(source);
    release(10);
    expect(textsOf(pieces)).toEqual(['012', '345', '678', '9']);
  });

  it('leaves the pieces of a source that does not give them away', async () => {
    const { source, release } = reclaim({ ...givenAway(memorySource(FILE, 3)), givesAway: false });
    const pieces = await readAll(source);
    release(10);
    expect(textsOf(pieces)).toEqual(['012', '345', '678', '9']);
  });
});
