import { describe, expect, it } from 'vitest';
import { replyImported, startApi } from './api-server.ts';
import { numberedBatch } from './lines-batch.ts';
import { failureOf, never, testClient } from './test-client.ts';

describe('createImportClient: connections', () => {
  it('sends one batch after another over one connection', async () => {
    const api = await startApi((_, response) => replyImported(response, 2));
    const client = testClient(api.endpoint);
    for (let n = 0; n < 5; n++) await client.send(numberedBatch(2), never());
    expect(api.requests).toHaveLength(5);
    expect(api.sockets.size).toBe(1);
  });

  it('keeps no more requests in flight than it may, and each on a connection of its own', async () => {
    let inFlight = 0;
    let inFlightMost = 0;
    const api = await startApi((_, response) => {
      inFlight += 1;
      inFlightMost = Math.max(inFlightMost, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        replyImported(response, 1);
      }, 5);
    });
    const client = testClient(api.endpoint, { limits: { requestsInFlight: 3 } });
    await Promise.all(Array.from({ length: 12 }, () => client.send(numberedBatch(1), never())));
    expect(inFlightMost).toBe(3);
    expect(api.sockets.size).toBe(3);
  });

  it('compresses no more bodies than it may send', async () => {
    let encoded = 0;
    const arrived = Promise.withResolvers<void>();
    const api = await startApi((_, _response, count) => {
      if (count === 2) arrived.resolve();
    });
    const client = testClient(api.endpoint, { limits: { requestsInFlight: 2 } });
    const batch = numberedBatch(1);
    const counted = {
      ...batch,
      encode: () => {
        encoded += 1;
        return batch.encode();
      },
    };
    const sends = Array.from({ length: 5 }, () => failureOf(client.send(counted, never())));
    await arrived.promise;
    expect(encoded).toBe(2);
    await client.close();
    await Promise.all(sends);
  });

  it('closes every connection', async () => {
    const api = await startApi((_, response) => replyImported(response, 1));
    const client = testClient(api.endpoint);
    await client.send(numberedBatch(1), never());
    expect(api.openSockets()).toBe(1);
    const [socket] = api.sockets;
    const ended = new Promise((resolve) => socket?.once('close', resolve));
    await client.close();
    await ended;
    expect(api.openSockets()).toBe(0);
  });

  it('fails what is under way when it is closed', async () => {
    const arrived = Promise.withResolvers<void>();
    const api = await startApi(() => arrived.resolve());
    const client = testClient(api.endpoint);
    const send = failureOf(client.send(numberedBatch(1), never()));
    await arrived.promise;
    await client.close();
    expect(await send).toMatchObject({ message: expect.stringContaining('closed') });
    expect(api.requests).toHaveLength(1);
  });
});
