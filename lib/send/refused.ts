import { isFanoutError } from '../errors.ts';

const CODES = new Set([
  'API_UNAUTHORIZED',
  'API_FORBIDDEN',
  'CREDENTIALS_INVALID',
  'SECRET_NOT_FOUND',
  'SECRET_FORBIDDEN',
]);

/** Whether an error says that the credentials are wrong or cannot be had, so that every other chunk would fail like this one. */
export const isCredentialsRefused = (error: unknown): boolean =>
  isFanoutError(error) && CODES.has(error.code);
