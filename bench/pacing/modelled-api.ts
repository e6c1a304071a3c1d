import type { Answer, Transport } from '../../lib/send/transport.ts';
import type { Quota } from '../../lib/tune/quota.ts';
import { createQuota } from '../../local/mixpanel/quota.ts';
import type { VirtualTime } from './virtual-time.ts';

const MINUTE_MS = 60_000;

/** What happened in one minute. */
export interface Minute {
  requests: number;
  refused: number;
  events: number;
  bytes: number;
  /** Requests that were accepted, by sender. */
  readonly acceptedBySender: number[];
}

/** The API as senders see it: a rolling minute, and answers after 100 to 400 ms. */
export interface ModelledApi {
  readonly minutes: Minute[];
  transport(sender: number): Transport;
  /** Changes the quota to so many times what it was at first. */
  scaleQuota(factor: number): void;
}

export interface ModelledApiOptions {
  readonly quota: Quota;
  readonly senders: number;
  readonly time: VirtualTime;
  readonly random: () => number;
}

export const modelApi = ({ quota, senders, time, random }: ModelledApiOptions): ModelledApi => {
  const minutes: Minute[] = [];
  const limits = { eventsPerMinute: quota.eventsPerSecond * 60, bytesPerMinute: quota.bytesPerMinute };
  const rollingMinute = createQuota(limits, time.now);

  const take = (sender: number, records: number, bytes: number): boolean => {
    while (minutes.length <= time.now() / MINUTE_MS) minutes.push(emptyMinute(senders));
    const minute = minutes.at(-1)!;
    minute.requests += 1;
    if (!rollingMinute.take(records, bytes)) {
      minute.refused += 1;
      return false;
    }
    minute.events += records;
    minute.bytes += bytes;
    minute.acceptedBySender[sender]! += 1;
    return true;
  };

  return {
    minutes,
    transport: (sender) => ({
      post: async ({ records, rawBytes }, signal) => {
        const onWayMs = 50 + random() * 150;
        await time.sleep(onWayMs, signal);
        const isTaken = take(sender, records, rawBytes);
        await time.sleep(onWayMs, signal);
        return isTaken ? imported(records) : TOO_MANY_REQUESTS;
      },
      close: async () => undefined,
    }),
    scaleQuota: (factor) => {
      limits.eventsPerMinute = quota.eventsPerSecond * 60 * factor;
      limits.bytesPerMinute = quota.bytesPerMinute * factor;
    },
  };
};

const emptyMinute = (senders: number): Minute => ({
  requests: 0,
  refused: 0,
  events: 0,
  bytes: 0,
  acceptedBySender: Array.from({ length: senders }, () => 0),
});

const answer = (status: number, body: object): Answer => ({
  kind: 'answer',
  status,
  headers: {},
  truncated: false,
  bodyText: JSON.stringify(body),
});

const imported = (records: number): Answer => answer(200, { code: 200, num_records_imported: records });

const TOO_MANY_REQUESTS = answer(429, { code: 429, error: 'Project exceeded rate limits.' });
