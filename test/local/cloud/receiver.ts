import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

export interface ReceivedEvent {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Takes every event and keeps it: no rule of Mixpanel, and nothing shared with the simulator. */
export interface Receiver {
  readonly url: string;
  /** By `$insert_id`, the last one that came. */
  readonly events: ReadonlyMap<string, ReceivedEvent>;
  /** Events that came, those that came twice counted twice. */
  received(): number;
  /** From now on requests wait for their answer. @returns lets them and all later ones go */
  hold(): () => void;
  /** Settles with the next request that comes. */
  nextRequest(): Promise<void>;
  close(): Promise<void>;
}

export const startReceiver = async (): Promise<Receiver> => {
  const events = new Map<string, ReceivedEvent>();
  let received = 0;
  let released: Promise<void> = Promise.resolve();
  const server = createServer(async (request, response) => {
    const batch = await readEvents(request);
    server.emit('batch');
    await released;
    for (const event of batch) events.set(String(event.properties.$insert_id), event);
    received += batch.length;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ code: 200, num_records_imported: batch.length, status: 'OK' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    received: () => received,
    hold: () => {
      const held = Promise.withResolvers<void>();
      released = held.promise;
      return held.resolve;
    },
    nextRequest: async () => void (await once(server, 'batch')),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

const readEvents = async (request: IncomingMessage): Promise<ReceivedEvent[]> => {
  const body = await buffer(request);
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};
