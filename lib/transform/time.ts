/** Seconds up to this, milliseconds above: 2286-11-20 in seconds, 1970-04-26 in milliseconds. */
const SECONDS_MAX = 9_999_999_999;

const DATE_TIME =
  /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * A time as Mixpanel takes it, an integer of seconds or milliseconds since the epoch. An integer stays as it is;
 * a fraction of seconds becomes milliseconds; an ISO 8601 date or date and time (`/` for `-` is fine)
 * becomes milliseconds, read as UTC if it names no zone.
 *
 * @returns undefined when it is none of these
 */
export const parseTime = (value: unknown): number | undefined => {
  if (typeof value === 'number') return integerTime(value);
  if (JSON.isRawJSON(value)) return integerTime(Number(value.rawJSON));
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return /^\d+(\.\d+)?$/.test(text) ? integerTime(Number(text)) : parseDateTime(text);
};

const integerTime = (time: number): number | undefined => {
  if (!Number.isFinite(time) || Math.abs(time) > Number.MAX_SAFE_INTEGER) return undefined;
  if (Number.isInteger(time)) return time;
  return time <= SECONDS_MAX ? Math.round(time * 1000) : Math.floor(time);
};

const parseDateTime = (text: string): number | undefined => {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const ms = Math.floor(Number(`0.${match[7] ?? 0}`) * 1000);
  const utc = Date.UTC(year!, month! - 1, day, hour, minute, second, ms);
  const date = new Date(utc);
  const isReal =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() + 1 === month &&
    date.getUTCDate() === day &&
    hour! < 24 &&
    minute! < 60 &&
    second! < 60;
  return isReal ? utc - zoneMs(match[8]) : undefined;
};

const zoneMs = (zone = 'Z'): number => {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (!match) return 0;
  const ms = (Number(match[2]) * 60 + Number(match[3] ?? 0)) * 60_000;
  return match[1] === '-' ? -ms : ms;
};
