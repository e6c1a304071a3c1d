/** Why a record was not imported. `code` groups; `message` is for people and holds no record contents. */
export interface Rejection {
  readonly code:
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
    | 'API_REJECTED';
  readonly message: string;
}

export const reject = (code: Rejection['code'], message: string): Rejection => ({ code, message });

export const isRejection = (value: object): value is Rejection => 'code' in value;
