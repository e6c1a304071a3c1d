import { FanoutError } from '../../lib/errors.ts';

/** The object store was set up wrongly: a bucket's name, a key or a folder. */
export class ObjectStoreError extends FanoutError {
  override readonly name = 'ObjectStoreError';
  readonly code = 'OBJECT_STORE_SETUP';
  readonly retryable = false;
}
