import type { RejectedRecord } from './batch.ts';
import { quote } from './quote.ts';

/** The parts of a validation answer, as they came. */
export interface FailureList {
  readonly failedRecords: readonly unknown[];
  /** `num_records_imported`. */
  readonly imported: unknown;
  readonly recordsSent: number;
}

/**
 * Turns `failed_records` into rejections, if that can be done without guessing: each item names a record of the
 * batch, none twice, and with the imported ones they make up the whole batch.
 *
 * Items are matched by `index`; `insert_id` goes by two names in the documentation. They may be plain strings,
 * which name no record: those are placed only where every record failed.
 *
 * @returns sorted by index; undefined if it is not certain which records failed
 */
export const readFailedRecords = (list: FailureList): readonly RejectedRecord[] | undefined => {
  const { failedRecords, imported, recordsSent } = list;
  if (imported === 0 && failedRecords.length === recordsSent && failedRecords.every(isString)) {
    return failedRecords.map((message, index) => ({ index, reason: reasonOf(message) }));
  }
  const rejected = failedRecords.map((item) => locate(item, recordsSent));
  if (!rejected.every((record) => record !== undefined)) return undefined;
  if (new Set(rejected.map(({ index }) => index)).size !== rejected.length) return undefined;
  const accountedFor = rejected.length + (isCount(imported) ? imported : 0);
  return accountedFor === recordsSent ? rejected.sort((a, b) => a.index - b.index) : undefined;
};

/** @returns the message of the first item, for a batch of one record */
export const firstFailure = (failedRecords: readonly unknown[]): string | undefined => {
  const [item] = failedRecords;
  const message = isString(item) ? item : messageOf(item);
  return message === undefined ? undefined : reasonOf(message);
};

const locate = (item: unknown, recordsSent: number): RejectedRecord | undefined => {
  if (typeof item !== 'object' || item === null || !('index' in item)) return undefined;
  const { index } = item;
  if (!isCount(index) || index >= recordsSent) return undefined;
  const reason = reasonOf(messageOf(item) ?? '');
  const field = 'field' in item && isString(item.field) ? quote(item.field) : '';
  return field === '' ? { index, reason } : { index, reason, field };
};

const messageOf = (item: unknown): string | undefined =>
  typeof item === 'object' && item !== null && 'message' in item && isString(item.message)
    ? item.message
    : undefined;

const reasonOf = (message: string): string => quote(message) || 'refused by the API without a message';

const isString = (value: unknown): value is string => typeof value === 'string';

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
