import { FanoutError } from '../errors.ts';

/** The source cannot be imported as it is; the import fails with this as its reason, and nothing is retried. */
export class PlanError extends FanoutError {
  override readonly name = 'PlanError';
  readonly code: 'FORMAT_UNSUPPORTED' | 'FORMAT_MISMATCH' | 'SOURCE_TOO_SLOW';
  readonly retryable = false;
  constructor(code: PlanError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
