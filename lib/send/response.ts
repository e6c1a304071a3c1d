import { firstFailure, isCount, readFailedRecords } from './failed-records.ts';
import { quote } from './quote.ts';
import { parseRetryAfter } from './retry.ts';
import type { SendErrorCode } from './send-error.ts';
import type { Verdict } from './verdict.ts';

/** An answer to a batch, whoever gave it: the API, or a proxy on the way to it. */
export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly bodyText: string;
  /** The body was longer than is read, so `bodyText` is its beginning only. */
  readonly truncated?: boolean | undefined;
  /** At least 1. */
  readonly recordsSent: number;
  /** When it came, in milliseconds since the epoch; for a `Retry-After` date. */
  readonly nowMs: number;
}

type Fields = Readonly<Record<string, unknown>>;

export const TOO_LARGE = 'record too large for the API';

const TRANSIENT_4XX = [408, 425, 429];

/**
 * Reads an answer of `POST /import?strict=1`. The body is never trusted to be JSON, nor to agree with the status.
 *
 * @see https://docs.mixpanel.com/reference/import-events
 */
export const readResponse = (response: ApiResponse): Verdict => {
  const body = response.truncated ? undefined : parseJson(response.bodyText);
  const status = statusOf(response.status, fieldsOf(body));
  if (status >= 200 && status < 300) return readSuccess(response, body);
  if (status === 400) return readValidation(response, fieldsOf(body));
  if (status === 413) return split(response, TOO_LARGE);
  const reason = `HTTP ${status}: ${explanation(response, fieldsOf(body))}`;
  if (status >= 500 || TRANSIENT_4XX.includes(status)) {
    return { kind: 'retry', reason, throttled: status === 429, retryAfterMs: retryAfterMs(response) };
  }
  return { kind: 'stop', code: stopCode(status), reason };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text.trim());
  } catch {
    return undefined;
  }
};

const fieldsOf = (body: unknown): Fields => (typeof body === 'object' && body !== null ? { ...body } : {});

/** A gateway may answer 200 around the API's own refusal, whose body still says so. */
const statusOf = (status: number, { code }: Fields): number =>
  status >= 200 && status < 300 && isCount(code) && code >= 400 && code < 600 ? code : status;

const readSuccess = (response: ApiResponse, body: unknown): Verdict => {
  const { recordsSent } = response;
  const { num_records_imported: imported, failed_records: failed, error, status = body } = fieldsOf(body);
  if (Array.isArray(failed) && failed.length > 0) return readValidation(response, fieldsOf(body));
  if (imported === recordsSent) return { kind: 'accepted', imported: recordsSent, rejected: [] };
  if (imported !== undefined && imported !== null) {
    return unconfirmed(response, `${quote(String(imported))} of ${recordsSent} records confirmed`);
  }
  const complaint = typeof error === 'string' ? quote(error) : '';
  if (isYes(status) && complaint === '') return { kind: 'accepted', imported: recordsSent, rejected: [] };
  if (isNo(status) && complaint !== '') return { kind: 'reject-batch', reason: complaint };
  return unconfirmed(response, explanation(response, fieldsOf(body)));
};

const unconfirmed = (response: ApiResponse, what: string): Verdict => ({
  kind: 'retry',
  reason: `HTTP ${response.status} without a usable confirmation: ${what}`,
  throttled: false,
  retryAfterMs: retryAfterMs(response),
});

const isYes = (status: unknown): boolean =>
  status === 1 || status === true || (typeof status === 'string' && /^(1|true|ok)$/i.test(status));

const isNo = (status: unknown): boolean =>
  status === 0 || status === false || (typeof status === 'string' && /^(0|false)$/i.test(status));

/** A 400 is often a partial success: under `strict=1` valid records are stored and the others listed. */
const readValidation = (response: ApiResponse, fields: Fields): Verdict => {
  const { recordsSent } = response;
  const { num_records_imported: imported } = fields;
  const failedRecords: readonly unknown[] = Array.isArray(fields.failed_records) ? fields.failed_records : [];
  const reason = explanation(response, fields);
  if (response.truncated) return split(response, reason);
  const nothingImported = imported === undefined || imported === null || imported === 0;
  if (failedRecords.length === 0 && nothingImported) return { kind: 'reject-batch', reason };
  const rejected = readFailedRecords({ failedRecords, imported, recordsSent });
  if (rejected !== undefined) return { kind: 'accepted', imported: recordsSent - rejected.length, rejected };
  return split(response, firstFailure(failedRecords) ?? reason);
};

/** One record cannot be halved, so the refusal is about that record. */
const split = ({ recordsSent }: ApiResponse, reason: string): Verdict =>
  recordsSent > 1 ? { kind: 'split', reason } : { kind: 'reject-batch', reason };

const explanation = ({ bodyText }: ApiResponse, { error }: Fields): string =>
  (typeof error === 'string' && quote(error)) || quote(bodyText) || 'empty answer';

const retryAfterMs = ({ headers, nowMs }: ApiResponse): number | undefined => {
  const value = headers['retry-after'];
  const first = typeof value === 'string' ? value : value?.[0];
  return first === undefined ? undefined : parseRetryAfter(first, nowMs);
};

const stopCode = (status: number): SendErrorCode => {
  if (status === 401) return 'API_UNAUTHORIZED';
  if (status === 403) return 'API_FORBIDDEN';
  const nothingThere = [404, 405, 410].includes(status) || (status >= 300 && status < 400);
  return nothingThere ? 'API_ENDPOINT_NOT_FOUND' : 'API_REFUSED';
};
