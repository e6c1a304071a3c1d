import { InvalidArgumentError } from 'commander';

const UNITS = ['', 'k', 'm', 'g', 't', 'p'];
const SIZE = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?$/i;

/**
 * Bytes of a size as people write it: `1TB` and `1t` are 10¹², `500GiB` is 500 × 2³⁰, `2000` is 2,000.
 *
 * @throws {InvalidArgumentError}
 */
export const parseByteSize = (text: string): number => {
  const [, number, unit = '', binary] = SIZE.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(number) * (binary ? 1024 : 1000) ** UNITS.indexOf(unit.toLowerCase()));
  if (number !== undefined && Number.isSafeInteger(bytes) && bytes > 0 && (unit !== '' || !binary))
    return bytes;
  throw new InvalidArgumentError(
    `"${text}" is not a size: give bytes or a unit, such as 1TB, 500GiB or 2000.`,
  );
};
