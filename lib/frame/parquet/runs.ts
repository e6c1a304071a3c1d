/** A writer pads its last group of packed values. */
const PADDING_VALUES_MAX = 512;
const DELTA_BLOCK_VALUES_MAX = 1 << 20;

/** What the header of a page and the schema say about its bytes. */
export interface PageLayout {
  readonly valueCount: number;
  readonly encoding: string;
  readonly isBoolean: boolean;
  /** Of the largest repetition level and definition level; 0 where there are none. */
  readonly repetitionBits: number;
  readonly definitionBits: number;
  /** Bytes of levels where the header says them; else the page does. */
  readonly levelBytes?: { readonly repetition: number; readonly definition: number } | undefined;
}

/**
 * Checks lengths that hyparquet takes as they are, so that a broken page cannot make it write billions of values.
 *
 * @param page decompressed, levels first
 * @throws {Error} that names the length
 */
export const checkPage = (page: Uint8Array, layout: PageLayout): void => {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const repetitionEnd = checkLevels(view, 0, layout.repetitionBits, layout, layout.levelBytes?.repetition);
  const valuesStart = checkLevels(
    view,
    repetitionEnd,
    layout.definitionBits,
    layout,
    layout.levelBytes?.definition,
  );
  checkValues(view, valuesStart, layout);
};

/** @returns where the levels end */
const checkLevels = (
  view: DataView,
  at: number,
  bits: number,
  { valueCount }: PageLayout,
  knownBytes: number | undefined,
): number => {
  if (bits === 0) return at + (knownBytes ?? 0);
  const start = knownBytes === undefined ? at + 4 : at;
  const end = start + (knownBytes ?? view.getUint32(at, true));
  if (end > view.byteLength)
    throw new Error(`levels of ${end - start} bytes in a page of ${view.byteLength}`);
  checkRuns(view, { start, end, bits, valueCount });
  return end;
};

const checkValues = (view: DataView, at: number, { encoding, isBoolean, valueCount }: PageLayout): void => {
  const end = view.byteLength;
  if (at >= end) return;
  if (encoding.startsWith('DELTA_')) checkDeltas(view, at);
  if (encoding.endsWith('_DICTIONARY')) {
    const bits = view.getUint8(at);
    if (bits > 32) throw new Error(`dictionary indexes of ${bits} bits`);
    checkRuns(view, { start: at + 1, end, bits, valueCount });
  }
  if (encoding === 'RLE' && isBoolean) checkRuns(view, { start: at + 4, end, bits: 1, valueCount });
};

interface Runs {
  readonly start: number;
  readonly end: number;
  readonly bits: number;
  readonly valueCount: number;
}

const checkRuns = (view: DataView, { start, end, bits, valueCount }: Runs): void => {
  const runBytes = Math.ceil(bits / 8);
  let seen = 0;
  for (let at = start; at < end && seen < valueCount; ) {
    const [header, next] = readVarint(view, at);
    const isPacked = header % 2 === 1;
    const count = isPacked ? Math.floor(header / 2) * 8 : header / 2;
    if (count > valueCount + PADDING_VALUES_MAX || (!isPacked && count > valueCount))
      throw new Error(`a run of ${count} values in a page of ${valueCount}`);
    seen += count;
    at = next + (isPacked ? (count / 8) * bits : runBytes);
  }
};

const checkDeltas = (view: DataView, start: number): void => {
  const [blockValues, second] = readVarint(view, start);
  const [miniblocks] = readVarint(view, second);
  if (miniblocks < 1 || miniblocks > blockValues || blockValues > DELTA_BLOCK_VALUES_MAX)
    throw new Error(`delta blocks of ${blockValues} values in ${miniblocks} parts`);
};

const readVarint = (view: DataView, start: number): [value: number, next: number] => {
  let value = 0;
  for (let length = 0; length < 5; length++) {
    const byte = view.getUint8(start + length);
    value += (byte & 0x7f) * 2 ** (7 * length);
    if (byte < 0x80) return [value, start + length + 1];
  }
  throw new Error('a length of more than five bytes');
};
