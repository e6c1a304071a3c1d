import { printBinary } from './json-text.ts';

const DECIMAL_BYTES_MAX = 256;
const DECIMAL_SCALE_MAX = 1_000;

/** A signed integer, most significant byte first, of any length. */
const signedInteger = (bytes: Uint8Array): bigint =>
  bytes.length === 0
    ? 0n
    : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));

/** `unscaled` × 10^-`scale`, written out. @param scale not negative */
export const decimalText = (unscaled: bigint, scale: number): string => {
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return `${sign}${whole}${scale > 0 && fraction !== '' ? `.${fraction}` : ''}`;
};

/** JSON text of a decimal that is stored as bytes. Beyond 256 of them, more than any system computes with, base64. */
export const printDecimalBytes = (bytes: Uint8Array, scale: number): string =>
  bytes.length > DECIMAL_BYTES_MAX
    ? printBinary(bytes)
    : printDecimal(decimalText(signedInteger(bytes), scale));

/** A scale that is no count of digits, or too many to print, is taken as the nearest that is not. */
export const boundScale = (scale: unknown): number =>
  Math.min(Math.max(0, Number.isSafeInteger(scale) ? Number(scale) : 0), DECIMAL_SCALE_MAX);

/** JSON text of a decimal: a number where a double holds it exactly, so that it prints the same, else a string. */
export const printDecimal = (text: string): string => (String(Number(text)) === text ? text : `"${text}"`);
