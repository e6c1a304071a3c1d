import type { Rule } from './rule.ts';

/** How the server tells the units apart is undocumented; values above this are taken as milliseconds. */
const secondsMax = 9_999_999_999;

const field = 'properties.time';

/**
 * Present, an integer, from 1971 to an hour ahead. The documentation also says that a future time is
 * replaced by the present one; live answers refuse it, and so does this.
 */
export const checkTime: Rule = ({ properties }, { nowMs, limits }) => {
  const { time } = properties;
  if (time === undefined || time === null) return violation('must not be missing');
  if (typeof time !== 'number' || !Number.isSafeInteger(time)) {
    return violation('must be specified as seconds since epoch');
  }
  const timeMs = toMilliseconds(time);
  if (timeMs < limits.timeMinMs) return violation('must not be before 1971-01-01');
  if (timeMs > nowMs + limits.timeAheadMsMax) return violation('must not be in the future');
  return undefined;
};

/** @param time seconds or milliseconds since the epoch */
export function toMilliseconds(time: number): number {
  return time > secondsMax ? time : time * 1_000;
}

function violation(problem: string) {
  return { field, message: `'${field}' is invalid: ${problem}` };
}
