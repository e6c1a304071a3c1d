import type { BrokenCode } from '../frame/record.ts';

export type RejectionCode =
  | BrokenCode
  | 'RECORD_TOO_LONG'
  | 'INVALID_UTF8'
  | 'INVALID_JSON'
  | 'NOT_AN_OBJECT'
  | 'NESTED_TOO_DEEP'
  | 'EVENT_MISSING'
  | 'TIME_MISSING'
  | 'TIME_INVALID'
  | 'DISTINCT_ID_MISSING'
  | 'DISTINCT_ID_INVALID'
  | 'SENDER_KILLED';

/**
 * Why a record was not imported; a value, never thrown. A class, so that no record, whatever its columns, looks
 * like one. `code` groups; `message` is for people and holds no record contents.
 */
export class Rejection {
  readonly code: RejectionCode;
  readonly message: string;
  constructor(code: RejectionCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

export const reject = (code: RejectionCode, message: string): Rejection => new Rejection(code, message);

export const isRejection = (value: unknown): value is Rejection => value instanceof Rejection;
