/** A signed integer, most significant byte first, of any length. */
export const signedInteger = (bytes: Uint8Array): bigint =>
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

/** JSON text of a decimal: a number where a double holds it exactly, so that it prints the same, else a string. */
export const printDecimal = (text: string): string => (String(Number(text)) === text ? text : `"${text}"`);
