const DAY_MS = 86_400_000;
/** Of `Date`: 275,760 years before and after the epoch. */
const DATE_MS_MAX = 8.64e15;

/** JSON text of a date, `"YYYY-MM-DD"`. @param days since 1970-01-01 */
export const printDate = (days: number): string =>
  isDate(days * DAY_MS) ? `"${new Date(days * DAY_MS).toISOString().replace(/T.*/, '')}"` : String(days);

/**
 * JSON text of a time, ISO 8601 with as many digits of a second as say something: 0, 3, 6 or 9. One that no
 * calendar reaches stays the number that it is.
 *
 * @param value units since the epoch
 * @param digits of a second's fraction that a unit stands for: 3, 6 or 9
 * @param zone `Z`, or nothing for local time
 */
export const printTimestamp = (value: number | bigint, digits: number, zone: 'Z' | ''): string => {
  const [seconds, fraction] = splitSeconds(value, digits);
  if (!isDate(seconds * 1000)) return String(value);
  const whole = new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length);
  return `"${whole}${fractionText(fraction, digits)}${zone}"`;
};

/** JSON text of a time of day, `"HH:MM:SS"` with a fraction as above. @param value units since midnight */
export const printTime = (value: number | bigint, digits: number): string => {
  const [seconds, fraction] = splitSeconds(value, digits);
  if (seconds < 0 || seconds >= DAY_MS / 1000) return String(value);
  const whole = new Date(seconds * 1000).toISOString().slice('1970-01-01T'.length, -'.000Z'.length);
  return `"${whole}${fractionText(fraction, digits)}"`;
};

const isDate = (ms: number): boolean => Math.abs(ms) <= DATE_MS_MAX;

/** Whole seconds, rounded down, and what is left in units. */
const splitSeconds = (value: number | bigint, digits: number): [seconds: number, fraction: number] => {
  const perSecond = 10 ** digits;
  const number = Number(value);
  if (Number.isSafeInteger(number)) {
    const seconds = Math.floor(number / perSecond);
    return [seconds, number - seconds * perSecond];
  }
  const units = BigInt(value);
  const fraction = ((units % BigInt(perSecond)) + BigInt(perSecond)) % BigInt(perSecond);
  return [Number((units - fraction) / BigInt(perSecond)), Number(fraction)];
};

const fractionText = (fraction: number, digits: number): string =>
  fraction === 0
    ? ''
    : `.${String(fraction)
        .padStart(digits, '0')
        .replace(/(?:000)+$/, '')}`;
