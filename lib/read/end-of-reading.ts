import { ReadError } from './read-error.ts';

/** A stream ends there for good: another run would come no further. */
export const isEndOfReading = (error: unknown): boolean =>
  error instanceof ReadError && (error.code === 'SOURCE_CORRUPT' || error.code === 'SOURCE_TOO_LARGE');
