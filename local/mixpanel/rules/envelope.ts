import type { ImportEvent } from '../import-event.ts';
import type { Violation } from './rule.ts';

/** What an event looks like before anything is read from it: `event` and `properties`, and no other key. */
export function envelopeViolation(value: unknown): Violation | undefined {
  if (!isObject(value))
    return { field: '', message: "event must be an object with 'event' and 'properties'" };
  if (typeof value.event !== 'string' || value.event.trim() === '') {
    return { field: 'event', message: "'event' must not be missing or blank" };
  }
  if (!isObject(value.properties)) {
    return { field: 'properties', message: "'properties' is invalid: must be an object" };
  }
  const extra = Object.keys(value).find((key) => key !== 'event' && key !== 'properties');
  if (extra !== undefined) {
    return { field: extra, message: `'${extra}' is invalid: additional keys are not allowed` };
  }
  return undefined;
}

/** @returns whether a value can be read as an event at all, extra keys and a blank name aside */
export function isEventShaped(value: unknown): value is ImportEvent {
  return isObject(value) && typeof value.event === 'string' && isObject(value.properties);
}

/** Is this a JSON object, not an array or null? */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
