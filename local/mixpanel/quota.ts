/** What one project may ingest in a rolling minute. */
export interface QuotaLimits {
  readonly eventsPerMinute: number;
  /** Uncompressed bytes. */
  readonly bytesPerMinute: number;
}

export interface Quota {
  /**
   * Takes a request's share, all of it or nothing. A request larger than the whole quota passes when
   * the minute is otherwise empty, since refusing it for ever would help nobody.
   *
   * @returns false when the project is over its limit; a refused request uses nothing
   */
  take(events: number, bytes: number): boolean;
  reset(): void;
}

/** About 30,000 events a second, and 2 GB, per minute. */
export const documentedQuota: QuotaLimits = { eventsPerMinute: 1_800_000, bytesPerMinute: 2_000_000_000 };

const windowMs = 60_000;
/** Use is kept in steps of this width, so at most 601 steps are held and use frees up to one step late. */
const stepMs = 100;

interface Step {
  readonly startMs: number;
  events: number;
  bytes: number;
}

/** @param now milliseconds, never going back */
export function createQuota(limits: QuotaLimits, now: () => number): Quota {
  let steps: Step[] = [];
  const used = { events: 0, bytes: 0 };

  const forgetBefore = (nowMs: number): void => {
    const kept = steps.findIndex((step) => step.startMs + stepMs + windowMs > nowMs);
    const expired = kept === -1 ? steps.splice(0) : steps.splice(0, kept);
    for (const step of expired) add(used, -step.events, -step.bytes);
  };

  const take = (events: number, bytes: number): boolean => {
    const nowMs = now();
    forgetBefore(nowMs);
    const isOver =
      used.events + events > limits.eventsPerMinute || used.bytes + bytes > limits.bytesPerMinute;
    if (isOver && used.bytes > 0) return false;
    add(currentStep(steps, nowMs), events, bytes);
    add(used, events, bytes);
    return true;
  };

  const reset = (): void => {
    steps = [];
    used.events = 0;
    used.bytes = 0;
  };

  return { take, reset };
}

function currentStep(steps: Step[], nowMs: number): Step {
  const last = steps.at(-1);
  if (last !== undefined && nowMs < last.startMs + stepMs) return last;
  const step = { startMs: nowMs, events: 0, bytes: 0 };
  steps.push(step);
  return step;
}

function add(total: { events: number; bytes: number }, events: number, bytes: number): void {
  total.events += events;
  total.bytes += bytes;
}
