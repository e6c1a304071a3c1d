import type { ImportLimits } from './limits.ts';

/** One item of a request before any rule has looked at it. */
export interface Candidate {
  readonly value: unknown;
  /** Size as JSON; for small array bodies an upper bound, the size of the body. */
  readonly bytes: number;
}

export type Records =
  | { readonly kind: 'records'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'refused'; readonly reason: string };

type RecordLimits = Pick<ImportLimits, 'eventsMax' | 'eventBytesEnd'>;

/**
 * Splits a body into candidate events: a JSON array, NDJSON, or the legacy form whose `data` field
 * is base64 of an event or an array. One line that does not parse refuses the whole body.
 */
export function parseRecords(body: Buffer, contentType: string, limits: RecordLimits): Records {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase();
  try {
    if (mediaType === 'application/json') return fromArray(body, limits);
    if (mediaType === 'application/x-ndjson') return fromLines(body, limits);
    if (mediaType === 'application/x-www-form-urlencoded') return fromForm(body, limits);
  } catch {
    return { kind: 'refused', reason: 'the request body is not valid JSON' };
  }
  return refused(
    `Content-Type "${contentType}" is not supported; send application/json or application/x-ndjson`,
  );
}

/** @param data base64 of one event or an array of events */
export function parseLegacyData(data: string, limits: RecordLimits): Records {
  const json = Buffer.from(data, 'base64');
  try {
    return json[0] === 0x7b ? fromLines(json, limits) : fromArray(json, limits);
  } catch {
    return refused('the data parameter is not base64 of valid JSON');
  }
}

function fromArray(body: Buffer, limits: RecordLimits): Records {
  const values: unknown = JSON.parse(body.toString('utf8'));
  if (!Array.isArray(values)) return refused('the request body must be a JSON array of events');
  if (values.length > limits.eventsMax) return tooMany(limits.eventsMax);
  if (values.length === 0) return noEvents();
  const sizeOf = (value: unknown): number =>
    body.length < limits.eventBytesEnd ? body.length : Buffer.byteLength(JSON.stringify(value));
  return { kind: 'records', candidates: values.map((value) => ({ value, bytes: sizeOf(value) })) };
}

function fromLines(body: Buffer, limits: RecordLimits): Records {
  const candidates: Candidate[] = [];
  let start = 0;
  while (start < body.length) {
    const newline = body.indexOf(0x0a, start);
    const end = newline === -1 ? body.length : newline;
    const line = body.toString('utf8', start, end);
    if (line.trim() !== '') {
      if (candidates.length === limits.eventsMax) return tooMany(limits.eventsMax);
      candidates.push({ value: JSON.parse(line), bytes: end - start });
    }
    start = end + 1;
  }
  return candidates.length === 0 ? noEvents() : { kind: 'records', candidates };
}

function fromForm(body: Buffer, limits: RecordLimits): Records {
  const data = /(?:^|&)data=([^&]*)/.exec(body.toString('latin1'))?.[1];
  if (data === undefined) return refused('the form has no data field');
  return parseLegacyData(decodeURIComponent(data), limits);
}

function tooMany(eventsMax: number): Records {
  return refused(`request exceeds max limit of ${eventsMax} events`);
}

function noEvents(): Records {
  return refused('the request body holds no events');
}

function refused(reason: string): Records {
  return { kind: 'refused', reason };
}
