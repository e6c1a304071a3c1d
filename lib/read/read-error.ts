import { FanoutError } from '../errors.ts';

const RETRYABLE = {
  SOURCE_VANISHED: false,
  SOURCE_CHANGED: false,
  SOURCE_FORBIDDEN: false,
  SOURCE_CORRUPT: false,
  SOURCE_TOO_LARGE: false,
  ENTRY_REFUSED: false,
  SOURCE_UNAVAILABLE: true,
};

/** Reading an object failed. */
export class ReadError extends FanoutError {
  override readonly name = 'ReadError';
  readonly code: keyof typeof RETRYABLE;
  readonly retryable: boolean;
  constructor(code: ReadError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = RETRYABLE[code];
  }
}
