/** Every block of bzip2 begins with these bits, wherever in a byte they fall. */
const BLOCK_START = { high: 0x314159, low: 0x265359, bits: 48 };
const BITS_24 = 0xffffff;
/** `BZh9`: the digit is the size of a block. */
const LEVEL_INDEX = 3;
const LEVEL_BYTES = 100_000;

/**
 * The beginning of a bzip2 file up to the end of a block, so that what it decompresses to can be measured: a decoder
 * takes in far more than it has given out.
 *
 * @param bytesMin of decompressed text that the blocks should hold
 * @returns all of `bytes` where they hold fewer blocks
 */
export const wholeBlocks = (bytes: Buffer, bytesMin: number): Buffer => {
  const level = bytes.length > LEVEL_INDEX ? Number(String.fromCharCode(bytes[LEVEL_INDEX]!)) : 0;
  if (!(level > 0)) return bytes;
  const end = blockStart(bytes, Math.ceil(bytesMin / (level * LEVEL_BYTES)));
  return end === undefined ? bytes : bytes.subarray(0, end);
};

/** The first byte that holds nothing of the blocks before block `number`, counted from 0. */
const blockStart = (bytes: Buffer, number: number): number | undefined => {
  let found = -1;
  let high = 0;
  let low = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 7; bit >= 0; bit--) {
      high = ((high << 1) | (low >>> 23)) & BITS_24;
      low = ((low << 1) | ((bytes[at]! >> bit) & 1)) & BITS_24;
      if (low !== BLOCK_START.low || high !== BLOCK_START.high || ++found < number) continue;
      return Math.ceil((at * 8 + 8 - bit - BLOCK_START.bits) / 8);
    }
  }
  return undefined;
};
