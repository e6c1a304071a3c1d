/** How long to wait before the same bytes are sent again. */
export interface Backoff {
  /** Wait after the first failure; doubles with each further one. */
  readonly firstMs: number;
  /** Longest wait, jitter not counted. */
  readonly maxMs: number;
  /** The same for what was refused for the quota: a rolling minute frees up as it goes, and the pace spaces the tries. */
  readonly throttledMaxMs: number;
  readonly jitterMinMs: number;
  readonly jitterMaxMs: number;
  /** Longest `Retry-After` obeyed, jitter not counted. */
  readonly retryAfterMaxMs: number;
}

/** 2 s doubling to 60 s, plus 1 to 5 s: https://docs.mixpanel.com/reference/import-events */
export const DEFAULT_BACKOFF: Backoff = {
  firstMs: 2_000,
  maxMs: 60_000,
  throttledMaxMs: 8_000,
  jitterMinMs: 1_000,
  jitterMaxMs: 5_000,
  retryAfterMaxMs: 120_000,
};

/** The same, but that everything short of the maxima shrinks or grows with the first wait; short ones suit a simulator. */
export const backoffFrom = (firstMs: number): Backoff => {
  const scale = firstMs / DEFAULT_BACKOFF.firstMs;
  const { jitterMinMs, jitterMaxMs } = DEFAULT_BACKOFF;
  return { ...DEFAULT_BACKOFF, firstMs, jitterMinMs: jitterMinMs * scale, jitterMaxMs: jitterMaxMs * scale };
};

export interface RetryDelayInput {
  /** Attempts made so far, at least 1. */
  readonly attempt: number;
  readonly throttled?: boolean;
  /** What the API asked for; it replaces the doubling, and is never taken shorter than `firstMs`. */
  readonly retryAfterMs?: number | undefined;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  readonly backoff: Backoff;
}

export const retryDelayMs = ({
  attempt,
  throttled,
  retryAfterMs,
  random,
  backoff,
}: RetryDelayInput): number => {
  const { firstMs, jitterMinMs, jitterMaxMs, retryAfterMaxMs } = backoff;
  const maxMs = throttled ? Math.min(backoff.throttledMaxMs, backoff.maxMs) : backoff.maxMs;
  const baseMs =
    retryAfterMs === undefined
      ? Math.min(firstMs * 2 ** (attempt - 1), maxMs)
      : Math.min(Math.max(retryAfterMs, firstMs), retryAfterMaxMs);
  return Math.round(baseMs + jitterMinMs + random() * (jitterMaxMs - jitterMinMs));
};

/**
 * Reads a `Retry-After` header: whole seconds, or an HTTP date (RFC 9110 §10.2.3).
 *
 * @param nowMs milliseconds since the epoch
 * @returns milliseconds from now, at least 0; undefined for anything else
 */
export const parseRetryAfter = (value: string, nowMs: number): number | undefined => {
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  if (!/^[A-Z][a-z]+, .* GMT$/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
};
