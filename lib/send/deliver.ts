import type { EncodedBatch, SendableBatch } from './batch.ts';
import type { PacedRequest } from './pace.ts';
import type { Pacer } from './pacer.ts';
import { redactVerdict } from './redact.ts';
import { readResponse } from './response.ts';
import { type Backoff, retryDelayMs } from './retry.ts';
import { SendError } from './send-error.ts';
import { countRequest, type Tally } from './tally.ts';
import type { Answer, Transport } from './transport.ts';
import type { Verdict } from './verdict.ts';
import type { Watch } from './watch.ts';

/** What one delivery needs; `tally`, `watch` and `signal` belong to one send, the rest to the client. */
export interface Delivery {
  readonly transport: Transport;
  readonly pacer: Pacer;
  /** The URL without its query, for messages. */
  readonly address: string;
  readonly redact: (text: string) => string;
  readonly attemptsMax: number;
  readonly backoff: Backoff;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Rejects as soon as `signal` is aborted. */
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly tally: Tally;
  readonly watch: Watch;
  readonly signal: AbortSignal;
}

type Retry = Extract<Verdict, { kind: 'retry' }>;
export type Delivered = Exclude<Verdict, { kind: 'retry' | 'stop' }>;

/**
 * Sends one body until the API says what became of it: encoded once, the same bytes every time.
 *
 * @throws {SendError} if no batch is taken, or after `attemptsMax` attempts; the reason of `signal` if aborted
 */
export const deliver = async (batch: SendableBatch, delivery: Delivery): Promise<Delivered> => {
  const encoded = await batch.encode();
  for (let attempt = 1; ; attempt++) {
    const request = await admit(encoded, delivery);
    const verdict = await send(encoded, attempt, delivery);
    if (verdict.kind === 'stop') {
      throw new SendError(verdict.code, `${delivery.address} answered ${verdict.reason}`);
    }
    if (verdict.kind !== 'retry') {
      delivery.pacer.accepted(request);
      return verdict;
    }
    const { throttled, retryAfterMs } = verdict;
    const delayMs = retryDelayMs({ ...delivery, attempt, retryAfterMs, throttled });
    if (throttled) delivery.pacer.refused(request, { backoffMs: delayMs, retryAfterMs });
    const fault = faultOf(verdict, attempt, delivery);
    if (attempt >= delivery.attemptsMax) throw fault;
    delivery.watch.onFault?.(fault);
    await backOff(delayMs, throttled, delivery);
  }
};

const admit = async (encoded: EncodedBatch, delivery: Delivery): Promise<PacedRequest> => {
  const { pacer, signal, now, tally } = delivery;
  const startedAtMs = now();
  const request = await pacer.admit(encoded, signal);
  tally.waitMs.pace += now() - startedAtMs;
  return request;
};

const isThrottled = (verdict: Verdict): boolean => verdict.kind === 'retry' && verdict.throttled;

const send = async (encoded: EncodedBatch, attempt: number, delivery: Delivery): Promise<Verdict> => {
  const { signal, now, tally, redact, watch } = delivery;
  signal.throwIfAborted();
  countRequest(tally, encoded, attempt);
  const startedAtMs = now();
  const answer = await post(encoded, attempt, delivery);
  const nowMs = now();
  tally.waitMs.request += nowMs - startedAtMs;
  if (answer.kind === 'fault') {
    const { cause } = answer;
    return { kind: 'retry', reason: `no answer (${cause.message})`, throttled: false, cause };
  }
  const bodyText = redact(answer.bodyText);
  const { records } = encoded;
  const { status, truncated } = answer;
  await watch.onAnswer?.({ status, bodyText, truncated, records, attempt, atMs: nowMs });
  const answered = readResponse({ ...answer, bodyText, recordsSent: records, nowMs });
  const verdict = redactVerdict(answered, redact);
  if (isThrottled(verdict)) tally.requests.throttled += 1;
  return verdict;
};

const post = async (encoded: EncodedBatch, attempt: number, delivery: Delivery): Promise<Answer> => {
  const { transport, signal, now, watch } = delivery;
  const startedAtMs = now();
  try {
    return await transport.post(encoded, signal);
  } catch (error) {
    const reason = `no answer (given up after ${Math.round(now() - startedAtMs)} ms)`;
    watch.onFault?.(faultOf({ throttled: false, reason }, attempt, delivery));
    throw error;
  }
};

const backOff = async (
  delayMs: number,
  throttled: boolean,
  { now, sleep, pacer, signal, tally, backoff }: Delivery,
): Promise<void> => {
  const startedAtMs = now();
  const leastMs = backoff.firstMs + backoff.jitterMinMs;
  try {
    await (throttled ? pacer.backOff({ leastMs, mostMs: delayMs }, signal) : sleep(delayMs, signal));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  tally.waitMs.backoff += now() - startedAtMs;
};

const faultOf = (
  { throttled, reason, cause }: Pick<Retry, 'throttled' | 'reason' | 'cause'>,
  attempts: number,
  { address }: Delivery,
): SendError =>
  new SendError(
    throttled ? 'API_RATE_LIMITED' : 'API_UNAVAILABLE',
    `${address} did not take a batch in ${attempts} attempt${attempts === 1 ? '' : 's'}; the last got ${reason}`,
    cause && { cause },
  );
