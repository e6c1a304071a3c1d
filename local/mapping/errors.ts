import { FanoutError } from '../../lib/errors.ts';

/** Settings of an event source mapping that Lambda would refuse too. */
export class MappingError extends FanoutError {
  override readonly name = 'MappingError';
  readonly code = 'MAPPING_SETTINGS_INVALID';
  readonly retryable = false;
}
