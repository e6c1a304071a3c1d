/** Of one block: small, since its rotations are sorted as they stand. */
const BLOCK_BYTES = 10_000;
const GROUP_SYMBOLS = 50;
const RUN_MIN = 4;
const RUN_MAX = 255;
const BLOCK_MAGIC = 0x314159265359n;
const END_MAGIC = 0x177245385090n;

/** A bzip2 stream of `text`, in many blocks: correct, not small. */
export const bzip2Sync = (text: Uint8Array): Buffer => {
  const out = createBits();
  for (const byte of Buffer.from('BZh1')) out.put(byte, 8);
  let checksum = 0;
  for (let at = 0; at < text.length; at += BLOCK_BYTES) {
    const part = text.subarray(at, at + BLOCK_BYTES);
    const own = checksumOf(part);
    checksum = (((checksum << 1) | (checksum >>> 31)) ^ own) >>> 0;
    putBlock(out, part, own);
  }
  out.put(Number(END_MAGIC >> 24n), 24);
  out.put(Number(END_MAGIC & 0xffffffn), 24);
  out.put(checksum, 32);
  return out.end();
};

type Bits = ReturnType<typeof createBits>;

const createBits = () => {
  const bytes: number[] = [];
  let held = 0;
  let count = 0;
  const put = (value: number, bits: number): void => {
    for (let bit = bits - 1; bit >= 0; bit--) {
      held = (held << 1) | (bit > 31 ? 0 : (value >>> bit) & 1);
      count += 1;
      if (count < 8) continue;
      bytes.push(held);
      held = 0;
      count = 0;
    }
  };
  const end = (): Buffer => {
    while (count > 0) put(0, 1);
    return Buffer.from(bytes);
  };
  return { put, end };
};

const putBlock = (out: Bits, part: Uint8Array, checksum: number): void => {
  out.put(Number(BLOCK_MAGIC >> 24n), 24);
  out.put(Number(BLOCK_MAGIC & 0xffffffn), 24);
  out.put(checksum, 32);
  out.put(0, 1);
  const { last, origin } = sortRotations(withRuns(part));
  out.put(origin, 24);
  const alphabet = [...new Set(last)].sort((a, b) => a - b);
  putAlphabet(out, alphabet);
  putSymbols(out, symbolsOf(last, alphabet), alphabet.length + 2);
};

/** Four equal bytes are followed by how many more there are. */
const withRuns = (part: Uint8Array): Buffer => {
  const bytes: number[] = [];
  for (let at = 0; at < part.length; ) {
    let length = 1;
    while (length < RUN_MAX && part[at + length] === part[at]) length += 1;
    for (let i = 0; i < Math.min(length, RUN_MIN); i++) bytes.push(part[at]!);
    if (length >= RUN_MIN) bytes.push(length - RUN_MIN);
    at += length;
  }
  return Buffer.from(bytes);
};

/** The Burrows-Wheeler transform. */
const sortRotations = (bytes: Buffer): { last: Buffer; origin: number } => {
  const twice = Buffer.concat([bytes, bytes, Buffer.alloc(3)]);
  // The first four bytes of a rotation decide mostly.
  const first = Uint32Array.from(bytes.keys(), (at) => twice.readUInt32BE(at));
  const starts = Array.from(bytes.keys()).sort(
    (a, b) => first[a]! - first[b]! || twice.compare(twice, b, b + bytes.length, a, a + bytes.length),
  );
  const last = starts.map((start) => twice[start + bytes.length - 1]!);
  return { last: Buffer.from(last), origin: starts.indexOf(0) };
};

const putAlphabet = (out: Bits, alphabet: readonly number[]): void => {
  const rows = Array.from({ length: 16 }, (_, row) => alphabet.filter((byte) => byte >> 4 === row));
  for (const row of rows) out.put(Number(row.length > 0), 1);
  for (const row of rows.filter(({ length }) => length > 0))
    for (let low = 0; low < 16; low++) out.put(Number(row.some((byte) => (byte & 15) === low)), 1);
};

/** Bytes moved to the front; runs of the first as numbers of base two, in symbols 0 and 1. */
const symbolsOf = (last: Buffer, alphabet: readonly number[]): number[] => {
  const order = [...alphabet];
  const symbols: number[] = [];
  let zeros = 0;
  const endZeros = (): void => {
    for (; zeros > 0; zeros = (zeros - 1) >> 1) symbols.push((zeros - 1) & 1);
  };
  for (const byte of last) {
    const index = order.indexOf(byte);
    order.splice(index, 1);
    order.unshift(byte);
    if (index === 0) zeros += 1;
    else {
      endZeros();
      symbols.push(index + 1);
    }
  }
  endZeros();
  return [...symbols, alphabet.length + 1];
};

/** Two equal tables, of which only the first is used; codes are as long as they must be to tell symbols apart. */
const putSymbols = (out: Bits, symbols: readonly number[], symbolsMax: number): void => {
  const long = Math.ceil(Math.log2(symbolsMax));
  const shortCount = 2 ** long - symbolsMax;
  const groups = Math.ceil(symbols.length / GROUP_SYMBOLS);
  out.put(2, 3);
  out.put(groups, 15);
  out.put(0, groups);
  for (const _ of ['used', 'unused']) {
    const first = shortCount > 0 ? long - 1 : long;
    out.put(first, 5);
    for (let symbol = 0; symbol < symbolsMax; symbol++) {
      if (symbol === shortCount && symbol > 0) out.put(0b10, 2);
      out.put(0, 1);
    }
  }
  for (const symbol of symbols) {
    if (symbol < shortCount) out.put(symbol, long - 1);
    else out.put(symbol + shortCount, long);
  }
};

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

const checksumOf = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = ((crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte]!) >>> 0;
  return ~crc >>> 0;
};
