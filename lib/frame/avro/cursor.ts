/** Seven bits each; longer numbers are read as bigint. */
const NUMBER_BYTES_MAX = 7;
const LONG_BYTES_MAX = 10;

/**
 * Reads integers and bytes one after another. Every function throws a plain Error where the bytes end early or make
 * no sense.
 *
 * @see https://avro.apache.org/docs/1.12.0/specification/#binary-encoding
 */
export interface Cursor {
  position(): number;
  bytesLeft(): number;
  /** An integer: a bigint where a double does not hold it. */
  long(): number | bigint;
  /** The length of what follows: an integer from 0 to the number of bytes left. */
  length(): number;
  /** A view of the next bytes. */
  bytes(length: number): Buffer;
}

export const createCursor = (buffer: Buffer): Cursor => {
  let at = 0;

  const byteAt = (place: number): number => {
    const byte = buffer[place];
    if (byte === undefined) throw new Error('its bytes end inside a value');
    return byte;
  };

  const longOfNumber = (): number | bigint => {
    let value = 0;
    let factor = 1;
    for (let length = 0; length < NUMBER_BYTES_MAX; length++) {
      const byte = byteAt(at + length);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        at += length + 1;
        return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      }
      factor *= 128;
    }
    return longOfBigint();
  };

  const longOfBigint = (): number | bigint => {
    let value = 0n;
    for (let length = 0; length < LONG_BYTES_MAX; length++) {
      const byte = byteAt(at + length);
      value |= BigInt(byte & 0x7f) << BigInt(7 * length);
      if (byte >= 0x80) continue;
      at += length + 1;
      const signed = BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
      const number = Number(signed);
      return Number.isSafeInteger(number) ? number : signed;
    }
    throw new Error(`a number of more than ${LONG_BYTES_MAX} bytes`);
  };

  return {
    position: () => at,
    bytesLeft: () => buffer.length - at,
    long: longOfNumber,
    length: () => within(longOfNumber(), buffer.length - at, 'a length'),
    bytes(length) {
      within(length, buffer.length - at, 'a length');
      at += length;
      return buffer.subarray(at - length, at);
    },
  };
};

/** @throws {Error} where `value` is not an integer from 0 to `max` */
export const within = (value: number | bigint, max: number, what: string): number => {
  if (typeof value === 'number' && value >= 0 && value <= max) return value;
  throw new Error(`${what} of ${value} where at most ${max} can be`);
};
