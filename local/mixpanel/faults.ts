import { SimulatorError } from './errors.ts';
import { seededRandomAt } from './random.ts';

export const faultKinds = [
  '429',
  '500',
  '502',
  '503',
  '504',
  '524',
  /** Answers as usual, `delayMs` late. */
  'slow',
  /** Never answers; the socket closes with the client or the server. */
  'hang',
  /** Resets the connection before it reads the body; stores nothing. */
  'reset-before',
  /** Stores the batch, then resets the connection instead of answering. */
  'reset-after',
  /** Stores the first half of the batch, then answers 503. */
  'partial',
  /** Stores the batch, then sends half of the answer and resets the connection. */
  'cut',
  /** An HTML page from a proxy that never passed the request on; stores nothing. */
  'html-200',
  'html-413',
  'html-502',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** How late a `slow` answer is. */
  readonly delayMs?: number;
  /** Sent as `Retry-After` with a `429` or `503`. */
  readonly retryAfterSeconds?: number;
}

/** What happens to requests in order of arrival; once the script ends, all is well. */
export type FaultScript = readonly (FaultKind | 'ok' | Fault)[];

/** Faults at a rate; one seed gives one fault per request ordinal, whatever the timing. */
export interface SeededFaults {
  readonly seed: number;
  /** Share of requests that fail, 0 to 1. */
  readonly rate: number;
  /** Drawn with equal odds. Default: every kind an endless retry survives, `hang` and HTML 200 and 413 excepted. */
  readonly kinds?: readonly FaultKind[];
  readonly delayMs?: number;
  readonly retryAfterSeconds?: number;
}

export type FaultPlan = FaultScript | SeededFaults;

const survivableKinds = faultKinds.filter((kind) => !['hang', 'html-200', 'html-413'].includes(kind));

/** @returns the fault of the request with this ordinal (0 is the first), if it has one */
export function faultChooser(plan: FaultPlan = []): (ordinal: number) => Fault | undefined {
  return isScript(plan) ? scriptedFault(plan) : seededFault(plan);
}

function isScript(plan: FaultPlan): plan is FaultScript {
  return Array.isArray(plan);
}

function scriptedFault(script: FaultScript): (ordinal: number) => Fault | undefined {
  return (ordinal) => {
    const entry = script[ordinal];
    if (entry === undefined || entry === 'ok') return undefined;
    return typeof entry === 'string' ? { kind: entry } : entry;
  };
}

function seededFault(plan: SeededFaults): (ordinal: number) => Fault | undefined {
  if (!(plan.rate >= 0 && plan.rate <= 1)) {
    throw new SimulatorError(
      'SIMULATOR_OPTION_INVALID',
      `Fault rate ${plan.rate} is outside 0 to 1; give the share of requests that should fail, such as 0.1.`,
    );
  }
  const { kinds = survivableKinds, seed, rate, ...details } = plan;
  return (ordinal) => {
    const random = seededRandomAt(seed, ordinal);
    if (random() >= rate) return undefined;
    const kind = kinds[Math.floor(random() * kinds.length)];
    return kind === undefined ? undefined : { ...details, kind };
  };
}
