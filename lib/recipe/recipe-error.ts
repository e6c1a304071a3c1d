import { FanoutError } from '../errors.ts';

/** A recipe or a deploy setting that cannot be used; the message names each path and, for a wrong key, the nearest known one. */
export class RecipeError extends FanoutError {
  override readonly name = 'RecipeError';
  readonly code = 'RECIPE_INVALID';
  readonly retryable = false;
}
