import * as z from 'zod';
import type { SenderWindow } from '../../lib/tune/governor-state.ts';

/** How long measurements are kept, and how many at most. */
const KEPT_MS = 60_000;
const KEPT_MAX = 10_000;

/** A line of metrics as functions/telemetry.ts writes it for CloudWatch. */
const lineSchema = z.object({
  _aws: z.object({ Timestamp: z.number() }),
  service: z.literal('sender'),
  RecordsImported: z.number().default(0),
  BytesUncompressed: z.number().default(0),
  Requests: z.number().default(0),
  RequestsThrottled: z.number().default(0),
  HeapShare: z.number().default(0),
  CredentialsRefused: z.number().default(0),
});
type Line = z.output<typeof lineSchema>;

/** What CloudWatch is to the governor: metrics out of the lines that senders log. */
export interface SenderMetrics {
  /** Takes any line; those that hold no metrics are passed over. */
  add(line: string): void;
  /** @returns undefined if nothing was measured in that time */
  window(range: { readonly fromMs: number; readonly toMs: number }): SenderWindow | undefined;
}

export const collectSenderMetrics = (): SenderMetrics => {
  let kept: Line[] = [];
  return {
    add: (text) => {
      const line = parseLine(text);
      if (!line) return;
      const oldestMs = line._aws.Timestamp - KEPT_MS;
      kept = [...kept.filter(({ _aws }) => _aws.Timestamp > oldestMs), line].slice(-KEPT_MAX);
    },
    window: ({ fromMs, toMs }) => {
      const lines = kept.filter(({ _aws }) => _aws.Timestamp >= fromMs && _aws.Timestamp < toMs);
      if (lines.length === 0) return undefined;
      const sum = (read: (line: Line) => number): number =>
        lines.reduce((total, line) => total + read(line), 0);
      return {
        fromMs,
        toMs,
        records: sum(({ RecordsImported }) => RecordsImported),
        bytes: sum(({ BytesUncompressed }) => BytesUncompressed),
        requests: sum(({ Requests }) => Requests),
        throttled: sum(({ RequestsThrottled }) => RequestsThrottled),
        heapShare: Math.max(...lines.map(({ HeapShare }) => HeapShare)) / 100,
        credentialsRefused: sum(({ CredentialsRefused }) => CredentialsRefused),
      };
    },
  };
};

const parseLine = (text: string): Line | undefined => {
  if (!text.includes('"_aws"')) return undefined;
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // a log line that was cut
  }
};
