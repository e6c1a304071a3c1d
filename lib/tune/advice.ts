import type { StageTimes } from '../plan/stage-times.ts';
import { type Bottleneck, isChoppy, type TimeShares, timeShares, totalMs } from './bottleneck.ts';
import type { Knobs } from './knobs.ts';
import { anyOf, type Turn, turnFrom } from './turn.ts';

/** A sender that comes so near to its budget may be killed; the alarm `MemoryHigh` rings from here. */
export const MEMORY_SHARE_HIGH = 0.85;
/** With `throttleMemory` memory stays below the budget; pauses that take a tenth of the time say the same. */
const PAUSED_SHARE_HIGH = 0.1;
/** Imports that take less, or give senders less to do, are mostly start and waiting for it: nothing to speed up. */
const BUSY_MS_MIN = 5_000;

/** What advice is made of: a report, or what will be one. */
export interface Seen {
  readonly bottleneck: Bottleneck;
  readonly timing: {
    readonly seconds: number;
    readonly stages: Readonly<StageTimes>;
    readonly choppyMs: number;
  };
  readonly chunks: { readonly total: number | null };
  readonly requests: { readonly total: number; readonly retried: number; readonly throttled: number };
  readonly memory: { readonly budgetMB: number; readonly peakMB: number };
  readonly tuning?: Knobs | undefined;
}

interface Case extends Seen {
  readonly shares: TimeShares;
  readonly turn: Turn;
}

/** What binds and what to turn, a sentence each: memory first, since running out of it ends everything; at most three. */
export const adviceOf = (seen: Seen): string[] => {
  const { stages, choppyMs } = seen.timing;
  const known = { ...seen, shares: timeShares(stages, choppyMs), turn: turnFrom(seen.tuning) };
  const found = isWorthIt(seen)
    ? [memoryAdvice(known), BINDING[seen.bottleneck](known), flowAdvice(known)]
    : [memoryAdvice(known)];
  return found.filter((sentence) => sentence !== undefined);
};

const isWorthIt = ({ timing: { seconds, stages } }: Seen): boolean =>
  Math.min(seconds * 1_000, totalMs(stages)) >= BUSY_MS_MIN;

const memoryAdvice = ({ memory: { peakMB, budgetMB }, shares, turn }: Case): string | undefined => {
  const isHigh = budgetMB > 0 && peakMB / budgetMB >= MEMORY_SHARE_HIGH;
  if (!isHigh && shares.memory < PAUSED_SHARE_HIGH) return undefined;
  const paused =
    shares.memory >= PAUSED_SHARE_HIGH
      ? `, and reading paused for ${percent(shares.memory)} of the time`
      : '';
  const what = `Memory runs short: a sender used ${Math.round(peakMB)} of ${budgetMB} MB${paused}`;
  return sentence(what, [
    turn.lower('requestsInFlight'),
    turn.lower('highWater'),
    turn.switchOn('throttleMemory'),
    turn.switchOn('aggressiveGC'),
    turn.raise('memory'),
  ]);
};

const apiAdvice = ({ shares, requests, turn }: Case): string => {
  const refused = requests.throttled / Math.max(1, requests.total);
  const what = `The API's quota binds: it held senders back for ${percent(shares.api)} of their time`;
  return sentence(refused > 0 ? `${what} and refused ${percent(refused)} of the requests` : what, [
    withReason(turn.lower('workers'), 'fewer share the same quota'),
    'ask Mixpanel for a higher one',
  ]);
};

const sourceAdvice = (known: Case): string => {
  const { shares, turn } = known;
  const what = `The source binds: senders waited for it ${percent(shares.source)} of their time`;
  return sentence(what, [
    hasChunksToSpare(known) ? turn.raise('workers') : undefined,
    turn.raise('highWater'),
    'let files or chunkBytes be larger, for longer reads',
  ]);
};

/** Beyond 1,769 MB a function has more than one CPU, which gzip uses and parsing does not. */
const ONE_CPU_MB = 1_769;

const transformAdvice = (known: Case): string => {
  const { timing, shares, tuning, turn } = known;
  const { compress, frame, transform } = timing.stages;
  const isGzip = compress > frame + transform;
  const part = shares.transform / Math.max(1, compress + frame + transform);
  const what = `The CPU binds: parsing and mapping took ${percent((frame + transform) * part)} of the senders' time, gzip ${percent(compress * part)}`;
  const hasCpu = tuning !== undefined && tuning.memory >= ONE_CPU_MB && !isGzip;
  return sentence(what, [
    isGzip ? lowerLevel(known) : 'map fewer fields',
    hasCpu ? undefined : withReason(turn.raise('memory'), 'on Lambda it brings CPU'),
    moreSenders(known),
  ]);
};

/** Level 0 would save CPU and cost far more in egress. */
const lowerLevel = ({ tuning, turn }: Case): string | undefined =>
  tuning && tuning.compressionLevel <= 1 ? undefined : turn.lower('compressionLevel');

const networkAdvice = ({ timing, shares, requests, tuning, turn }: Case): string => {
  const { request, backoff } = timing.stages;
  const what = `The network binds: senders waited for answers ${percent(shares.network)} of their time`;
  if (backoff > request) {
    return `${what}, most of it after requests that failed (${requests.retried} were sent again): no knob helps until the API answers.`;
  }
  const smaller = tuning?.compress === false ? turn.switchOn('compress') : turn.raise('compressionLevel');
  const slowLine = anyOf([smaller, turn.lower('workers')]);
  const slowAnswers = anyOf([turn.raise('requestsInFlight')]);
  const cases = [
    slowLine && `where the line is full ${slowLine}`,
    slowAnswers && `where answers are slow ${slowAnswers}`,
  ];
  return sentence(what, [cases.filter(Boolean).join('; ') || undefined]);
};

const idleAdvice = (known: Case): string | undefined => {
  const { shares } = known;
  if (isChoppy(shares) || shares.memory >= PAUSED_SHARE_HIGH) return undefined;
  return sentence('Nothing binds', [moreSenders(known)]);
};

const moreSenders = (known: Case): string | undefined =>
  hasChunksToSpare(known)
    ? known.turn.raise('workers')
    : `lower chunkBytes, since ${known.chunks.total === 1 ? 'one chunk is' : `${known.chunks.total} chunks are`} work for no more senders`;

/** Whether more senders would have found more to do. */
const hasChunksToSpare = ({ chunks, tuning }: Seen): boolean =>
  chunks.total === null || tuning === undefined || chunks.total > tuning.workers;

const BINDING: Readonly<Record<Bottleneck, (known: Case) => string | undefined>> = {
  api: apiAdvice,
  source: sourceAdvice,
  transform: transformAdvice,
  network: networkAdvice,
  none: idleAdvice,
};

/** An even flow gains nothing where the quota binds. */
const flowAdvice = ({ bottleneck, shares, turn }: Case): string | undefined => {
  if (!isChoppy(shares) || bottleneck === 'api') return undefined;
  const what = `The flow is choppy: reading and sending wait by turns, and larger buffers would save ${percent(shares.choppy)} of the time`;
  return sentence(what, [
    turn.raise('highWater') ?? anyOf([turn.raise('requestsInFlight'), turn.lower('recordsPerBatch')]),
  ]);
};

const sentence = (what: string, turns: readonly (string | undefined)[]): string => {
  const turn = anyOf(turns);
  return `${what}; ${turn ?? 'the knobs for it are as far as they go'}.`;
};

const withReason = (turn: string | undefined, reason: string): string | undefined =>
  turn && `${turn} (${reason})`;

const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.02 ? 1 : 0)} %`;
