import { FanoutError } from '../lib/errors.ts';

/** The command was used wrongly: exit code 2. */
export class UsageError extends FanoutError {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
  readonly retryable = false;
}
