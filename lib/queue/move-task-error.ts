import { FanoutError } from '../errors.ts';

/** SQS gave up moving messages. */
export class MoveTaskError extends FanoutError {
  override readonly name = 'MoveTaskError';
  readonly code = 'REDRIVE_FAILED';
  readonly retryable = true;
}
