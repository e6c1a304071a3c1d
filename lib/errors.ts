/** A failure raised on purpose. Match on `code`; `message` is for people and carries no record contents and no credentials. */
export abstract class FanoutError extends Error {
  /** Stable; every code has a row in docs/errors.md. */
  abstract readonly code: string;
  /** May the same input succeed later? */
  abstract readonly retryable: boolean;
}

export const isFanoutError = (error: unknown): error is FanoutError => error instanceof FanoutError;
