import { govern } from '../../lib/tune/governor.ts';
import {
  type Decision,
  type GovernorSettings,
  type SenderWindow,
  startGovernor,
} from '../../lib/tune/governor-state.ts';

export const MINUTE_MS = 60_000;

export const settings: GovernorSettings = {
  workersStart: 10,
  workersMin: 2,
  workersMax: 30,
  eventsPerSecondMax: 30_000,
  bytesPerMinuteMax: 2_000_000_000,
  emptyMs: 10 * MINUTE_MS,
  ceilingMs: 60 * MINUTE_MS,
};

/** What senders and API do in one minute. */
export interface Conditions {
  /** Events that one sender would send if nobody refused. */
  readonly eventsPerSecond: number;
  readonly eventBytes: number;
  /** What the API takes, whatever the governor was told. */
  readonly quotaEventsPerSecond: number;
  /** By the number of senders: a shared machine has less for each, Lambda has the same. */
  readonly heapShare: (workers: number) => number;
  readonly chunksWaiting: number;
}

export const conditions: Conditions = {
  eventsPerSecond: 2_000,
  eventBytes: 300,
  quotaEventsPerSecond: 30_000,
  heapShare: () => 0.3,
  chunksWaiting: 100,
};

export interface Minute {
  readonly workers: number;
  readonly decision: Decision;
  readonly eventsPerSecond: number;
}

/** Runs the policy as it runs on AWS: each minute, on what was measured from three minutes ago to one minute ago. */
export const runFleet = (
  minutes: number,
  at: (minute: number) => Conditions,
  wanted: GovernorSettings = settings,
): Minute[] => {
  const measured: SenderWindow[] = [];
  const history: Minute[] = [];
  let state = startGovernor();
  let workers = wanted.workersStart;
  for (let minute = 0; minute < minutes; minute++) {
    const now = at(minute);
    const window = measured.length < 3 ? undefined : sum(measured.slice(-3, -1));
    const { state: next, decision } = govern(
      state,
      {
        atMs: minute * MINUTE_MS,
        workers,
        mapping: 'enabled',
        chunksWaiting: now.chunksWaiting,
        chunksInWork: now.chunksWaiting > 0 ? workers : 0,
        window,
      },
      wanted,
    );
    state = next;
    if (decision.kind === 'set') workers = decision.workers;
    const measurement = measure(minute, workers, now);
    measured.push(measurement);
    history.push({ workers, decision, eventsPerSecond: measurement.records / 60 });
  }
  return history;
};

const measure = (minute: number, workers: number, now: Conditions): SenderWindow => {
  const offered = workers * now.eventsPerSecond;
  const taken = Math.min(offered, now.quotaEventsPerSecond);
  const records = now.chunksWaiting > 0 ? taken * 60 : 0;
  const requests = records > 0 ? Math.ceil((offered * 60) / 2_000) : 0;
  return {
    fromMs: minute * MINUTE_MS,
    toMs: (minute + 1) * MINUTE_MS,
    records,
    bytes: records * now.eventBytes,
    requests,
    throttled: requests * (1 - taken / offered),
    heapShare: now.heapShare(workers),
    credentialsRefused: 0,
  };
};

const sum = (windows: readonly SenderWindow[]): SenderWindow =>
  windows.reduce((all, next) => ({
    fromMs: all.fromMs,
    toMs: next.toMs,
    records: all.records + next.records,
    bytes: all.bytes + next.bytes,
    requests: all.requests + next.requests,
    throttled: all.throttled + next.throttled,
    heapShare: Math.max(all.heapShare, next.heapShare),
    credentialsRefused: all.credentialsRefused + next.credentialsRefused,
  }));
