import type { SendableBatch, SendResult } from '../lib/send/batch.ts';
import type { ImportClient } from '../lib/send/client.ts';
import type { ApiAnswer, Watch } from '../lib/send/watch.ts';

export interface FakeClient extends Pick<ImportClient, 'send'> {
  /** Lines of every batch that was answered, in the order of the answers. */
  readonly received: string[][];
  /** Most sends that were under way at once. */
  mostAtOnce(): number;
}

export interface FakeClientOptions {
  /** Waits before a send is answered; may throw. */
  readonly before?: (
    lines: readonly string[],
    signal: AbortSignal,
    watch?: Watch,
  ) => Promise<unknown> | undefined;
  /** Why the API refuses a record, if it does. */
  readonly refuse?: (line: string) => string | undefined;
}

const ANSWER: Omit<ApiAnswer, 'records'> = {
  atMs: 1_000,
  status: 200,
  bodyText: '{"status":"OK"}',
  truncated: false,
  attempt: 1,
};

/** A client whose API imports whatever is not refused. */
export const fakeClient = ({ before, refuse }: FakeClientOptions = {}): FakeClient => {
  const received: string[][] = [];
  let underWay = 0;
  let most = 0;
  return {
    received,
    mostAtOnce: () => most,
    send: async (batch, signal, watch) => {
      most = Math.max(most, ++underWay);
      try {
        const lines = await linesOf(batch);
        await before?.(lines, signal, watch);
        signal.throwIfAborted();
        received.push(lines);
        await watch?.onAnswer?.({ ...ANSWER, records: lines.length });
        return resultOf(lines, refuse);
      } finally {
        underWay -= 1;
      }
    },
  };
};

/** Never comes to an end, except by `signal`. */
export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

/** Sent uncompressed, so that tests need not wait for gzip. */
const linesOf = async (batch: SendableBatch): Promise<string[]> => {
  const { body, compressed } = await batch.encode();
  if (compressed) throw new Error('Set tuning.compress to false: the fake client reads plain bodies.');
  return Buffer.from(body).toString().trimEnd().split('\n');
};

const resultOf = (lines: readonly string[], refuse: FakeClientOptions['refuse']): SendResult => {
  const rejected = lines.flatMap((line, index) => {
    const reason = refuse?.(line);
    return reason === undefined ? [] : [{ index, reason }];
  });
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  return {
    imported: lines.length - rejected.length,
    rejected,
    requests: { total: 1, retried: 0, throttled: 0 },
    bytes: { sent: bytes, compressed: bytes },
    waitMs: { request: 0, backoff: 0, pace: 0 },
  };
};
