import { isFanoutError } from '../errors.ts';

const CODES = new Set(['API_UNAUTHORIZED', 'API_FORBIDDEN', 'CREDENTIALS_INVALID']);

/** Whether an error says that the credentials are wrong, so that every other chunk would fail like this one. */
export const isCredentialsRefused = (error: unknown): boolean =>
  isFanoutError(error) && CODES.has(error.code);
