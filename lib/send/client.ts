import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_QUOTA, type Quota } from '../tune/quota.ts';
import type { SendableBatch, SendResult } from './batch.ts';
import { authorization, type Credentials } from './credentials.ts';
import { type Delivery, deliver } from './deliver.ts';
import { type Destination, importUrl } from './destination.ts';
import { createGate } from './gate.ts';
import { settle } from './halve.ts';
import type { Pace } from './pace.ts';
import { createPacer } from './pacer.ts';
import { redactor } from './redact.ts';
import { type Backoff, DEFAULT_BACKOFF } from './retry.ts';
import { emptyTally } from './tally.ts';
import { openTransport, type Transport, type TransportOptions } from './transport.ts';
import type { Watch } from './watch.ts';

const MiB = 1024 * 1024;

export interface SendLimits {
  /** Connections, and bodies held in memory, at once; a send beyond that waits its turn. */
  readonly requestsInFlight: number;
  readonly connectTimeoutMs: number;
  /** From the first byte of a request to the last of its answer, connecting included. */
  readonly requestTimeoutMs: number;
  /** Requests with the same bytes before the send is given up. */
  readonly attemptsMax: number;
  /** Longest answer read; a 400 that lists 2,000 failures has about 400 KB. */
  readonly responseBytesMax: number;
}

export const DEFAULT_LIMITS: SendLimits = {
  requestsInFlight: 4,
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  attemptsMax: 10,
  responseBytesMax: 4 * MiB,
};

export interface ImportClientOptions {
  readonly destination: Destination;
  readonly credentials: Credentials;
  readonly limits?: Partial<SendLimits>;
  /** Waits between attempts; shorter ones suit a simulator. */
  readonly backoff?: Partial<Backoff>;
  /** Of the project: what all senders together may send. Default: the documented one. */
  readonly quota?: Quota;
  /** Senders that share the quota. Default 1. */
  readonly workers?: number;
  /** Where an earlier client of the same destination, quota and workers has left off. Default: an equal part. */
  readonly pace?: Pace | undefined;
  readonly openTransport?: (options: TransportOptions) => Transport;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Rejects as soon as `signal` is aborted. */
  readonly sleep?: (delayMs: number, signal: AbortSignal) => Promise<void>;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random?: () => number;
}

export interface ImportClient {
  /**
   * Sends a batch until every record of it is imported or rejected. Any number of sends may be under way.
   *
   * @param signal ends waits and requests at once
   * @throws {SendError} if that cannot be found out; the reason of `signal` if aborted; what `batch.encode` or
   *   `watch.onAnswer` throws
   */
  send(batch: SendableBatch, signal: AbortSignal, watch?: Watch): Promise<SendResult>;
  /** Ends what is under way, and every connection. */
  close(): Promise<void>;
}

export interface PacedClient extends ImportClient {
  /** How fast it sends by now, for the next client to go on with. */
  pace(): Pace;
}

/**
 * A client of Mixpanel's `POST /import` for one project. Resends are safe since a body never changes and Mixpanel
 * counts records of equal `$insert_id`, event, time and user once. Requests leave at this sender's part of the
 * project's quota, which costs nothing below it.
 *
 * @throws {DestinationError}
 */
export const createImportClient = (options: ImportClientOptions): PacedClient => {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const shared = delivering(options, limits);
  const gate = createGate(limits.requestsInFlight);
  const closed = new AbortController();

  return {
    async send(batch, callerSignal, watch = {}) {
      const failed = new AbortController();
      const signal = AbortSignal.any([callerSignal, closed.signal, failed.signal]);
      const tally = emptyTally();
      const delivery = { ...shared, tally, watch, signal };
      const outcome = await settle(batch, (part) =>
        gate
          .run(signal, () => deliver(part, delivery))
          .catch((error: unknown) => {
            failed.abort(error);
            throw error;
          }),
      );
      return { imported: outcome.imported, rejected: outcome.rejected, ...tally };
    },
    pace: shared.pacer.pace,
    async close() {
      closed.abort(new Error('The import client was closed while a batch was under way.'));
      await shared.transport.close();
    },
  };
};

const delivering = (
  options: ImportClientOptions,
  limits: SendLimits,
): Omit<Delivery, 'tally' | 'watch' | 'signal'> => {
  const { destination, credentials } = options;
  const projectId = credentials.kind === 'service-account' ? credentials.projectId : undefined;
  const url = importUrl({ ...destination, projectId });
  const open = options.openTransport ?? openTransport;
  const now = options.now ?? Date.now;
  const sleep = options.sleep ?? ((delayMs, signal) => delay(delayMs, undefined, { signal }));
  const { quota = DEFAULT_QUOTA, workers = 1, random = Math.random } = options;
  return {
    pacer: createPacer({ quota, workers, pace: options.pace, now, sleep, random }),
    transport: open({
      ...limits,
      url,
      authorization: authorization(credentials),
      connections: limits.requestsInFlight,
    }),
    address: `${url.origin}${url.pathname}`,
    redact: redactor(credentials),
    attemptsMax: limits.attemptsMax,
    backoff: { ...DEFAULT_BACKOFF, ...options.backoff },
    now,
    sleep,
    random,
  };
};
