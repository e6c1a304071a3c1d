import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SendableBatch } from '../../lib/send/batch.ts';
import { createImportClient } from '../../lib/send/client.ts';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../local/mixpanel/server.ts';

const gzipped = promisify(gzip);
const MINUTE_MS = 60_000;

export interface MeasureOptions {
  readonly senders: number;
  readonly eventsPerSecond: number;
  readonly recordsPerBatch: number;
  readonly durationMs: number;
}

/** One row per whole minute that was measured. */
export interface MeasuredMinute {
  /** Part of the quota that was used. */
  readonly utilisation: number;
  readonly requests: number;
  readonly refusedPart: number;
}

/** Real clients over real sockets, against the simulator with a small quota, in real time. */
export const measureFleet = async (options: MeasureOptions): Promise<readonly MeasuredMinute[]> => {
  const quota = { eventsPerSecond: options.eventsPerSecond, bytesPerMinute: 1_000_000_000 };
  const simulator = await startMixpanelSimulator({
    quota: { eventsPerMinute: options.eventsPerSecond * 60, bytesPerMinute: quota.bytesPerMinute },
    responseMs: 200,
    keep: 'counts',
  });
  const over = new AbortController();
  const clients = Array.from({ length: options.senders }, () =>
    createImportClient({
      destination: { region: 'us', endpoint: simulator.url },
      credentials: { kind: 'token', token: 'bench' },
      quota,
      workers: options.senders,
    }),
  );
  const sending = clients.flatMap((client) =>
    Array.from({ length: 4 }, async () => {
      for (;;) await client.send(await eventsBatch(options.recordsPerBatch), over.signal);
    }),
  );
  const minutes = await watch(simulator, options);
  over.abort(THE_END);
  await Promise.all(sending.map((loop) => loop.catch(unlessTheEnd)));
  await Promise.all(clients.map((client) => client.close()));
  await simulator.close();
  return minutes;
};

const watch = async (
  simulator: MixpanelSimulator,
  { durationMs, eventsPerSecond, recordsPerBatch }: MeasureOptions,
): Promise<readonly MeasuredMinute[]> => {
  const minutes: MeasuredMinute[] = [];
  let before = simulator.stats();
  for (let n = 0; n < Math.floor(durationMs / MINUTE_MS); n++) {
    await delay(MINUTE_MS);
    const after = simulator.stats();
    const requests = after.requests - before.requests;
    const refused = after.throttled - before.throttled;
    const events = (requests - refused) * recordsPerBatch;
    minutes.push({
      utilisation: events / (eventsPerSecond * 60),
      requests,
      refusedPart: refused / requests,
    });
    before = after;
  }
  return minutes;
};

const THE_END = new Error('The measurement is over.');

const unlessTheEnd = (error: unknown): void => {
  if (error !== THE_END) throw error;
};

let eventsMade = 0;

const eventsBatch = async (records: number): Promise<SendableBatch> => {
  const time = Date.now();
  const lines = Array.from({ length: records }, () => {
    eventsMade += 1;
    const properties = { time, distinct_id: `user-${eventsMade % 1_000}`, $insert_id: `bench-${eventsMade}` };
    return `${JSON.stringify({ event: 'bench', properties })}\n`;
  });
  const raw = Buffer.from(lines.join(''));
  return {
    records,
    slice: () => {
      throw new Error('No event of this bench is refused.');
    },
    encode: async () => ({
      body: await gzipped(raw),
      compressed: true,
      records,
      rawBytes: raw.length,
    }),
  };
};
