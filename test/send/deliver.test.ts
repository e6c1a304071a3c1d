import { describe, expect, it } from 'vitest';
import { SendError } from '../../lib/send/send-error.ts';
import { expectSameBody, replyImported, replyJson, startApi } from './api-server.ts';
import { numberedBatch } from './lines-batch.ts';
import { failureOf, never, testClient } from './test-client.ts';

describe('deliver: resends', () => {
  it.each([408, 429, 500, 502, 503, 504, 524])('sends the same bytes again after %i', async (status) => {
    const api = await startApi(({ lines }, response, count) => {
      if (count < 3) response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>busy</h1>');
      else replyImported(response, lines.length);
    });
    const { imported, requests, bytes } = await testClient(api.endpoint).send(numberedBatch(50), never());
    expect(imported).toBe(50);
    expect(requests).toEqual({ total: 3, retried: 2, throttled: status === 429 ? 2 : 0 });
    expect(bytes.compressed).toBe(3 * (api.requests[0]?.body.length ?? 0));
    expect(api.requests).toHaveLength(3);
    expectSameBody(api.requests);
  });

  it('sends again after a 200 that confirms fewer records', async () => {
    const api = await startApi((_, response, count) => replyImported(response, count < 2 ? 4 : 5));
    expect(await testClient(api.endpoint).send(numberedBatch(5), never())).toMatchObject({
      imported: 5,
      requests: { total: 2, retried: 1 },
    });
  });

  it('sends again after a page of HTML with status 200', async () => {
    const api = await startApi((_, response, count) => {
      if (count === 1) response.end('<html>Please sign in</html>');
      else replyImported(response, 5);
    });
    expect(await testClient(api.endpoint).send(numberedBatch(5), never())).toMatchObject({ imported: 5 });
  });

  it('waits as the policy says, as long as Retry-After says up to its cap, and a minute once refusals last', async () => {
    let nowMs = 0;
    const waits: number[] = [];
    const retryAfter = ['', '', '90', '3600', '', ''];
    const api = await startApi((_, response, count) => {
      const value = retryAfter[count - 1];
      if (value === undefined) replyImported(response, 1);
      else replyJson(response, 429, {}, value === '' ? {} : { 'retry-after': value });
    });
    const client = testClient(api.endpoint, {
      backoff: {
        firstMs: 2_000,
        maxMs: 60_000,
        jitterMinMs: 1_000,
        jitterMaxMs: 5_000,
        retryAfterMaxMs: 120_000,
      },
      random: () => 0.5,
      now: () => nowMs,
      sleep: async (delayMs) => {
        waits.push(delayMs);
        nowMs += delayMs;
      },
    });
    await client.send(numberedBatch(1), never());
    expect(waits).toEqual([5_000, 7_000, 93_000, 123_000, 11_000, 49_000, 11_000, 49_000]);
  });

  it('counts the time in requests and in waits', async () => {
    let nowMs = 0;
    const api = await startApi((_, response, count) => {
      nowMs += 7;
      if (count < 3) replyJson(response, 503, {});
      else replyImported(response, 1);
    });
    const client = testClient(api.endpoint, {
      now: () => nowMs,
      sleep: async () => {
        nowMs += 100;
      },
    });
    const { waitMs } = await client.send(numberedBatch(1), never());
    expect(waitMs).toEqual({ request: 21, backoff: 200, pace: 0 });
  });

  it.each([
    [429, 'API_RATE_LIMITED'],
    [503, 'API_UNAVAILABLE'],
  ])('gives up after the last attempt at %i with %s', async (status, code) => {
    const api = await startApi((_, response) => replyJson(response, status, { error: 'not now' }));
    const client = testClient(api.endpoint, { limits: { attemptsMax: 3 } });
    const failure = await failureOf(client.send(numberedBatch(2), never()));
    expect(failure).toBeInstanceOf(SendError);
    expect(failure).toMatchObject({
      code,
      retryable: true,
      message: expect.stringContaining(`in 3 attempts; the last got HTTP ${status}: not now.`),
    });
    expect(api.requests).toHaveLength(3);
    expectSameBody(api.requests);
  });
});

describe('deliver: aborting', () => {
  const deadline = new Error('deadline');

  it('ends a wait at once, with the reason', async () => {
    const aborter = new AbortController();
    const api = await startApi((_, response) => {
      replyJson(response, 503, {});
      setTimeout(() => aborter.abort(deadline), 20);
    });
    const client = testClient(api.endpoint, { backoff: { firstMs: 3_600_000, maxMs: 3_600_000 } });
    expect(await failureOf(client.send(numberedBatch(1), aborter.signal))).toBe(deadline);
    expect(api.requests).toHaveLength(1);
  });

  it('ends a request under way at once, with its connection', async () => {
    const aborter = new AbortController();
    const closed = Promise.withResolvers<void>();
    const api = await startApi(({ socket }) => {
      socket.once('close', () => closed.resolve());
      aborter.abort(deadline);
    });
    const client = testClient(api.endpoint, { limits: { attemptsMax: 1 } });
    expect(await failureOf(client.send(numberedBatch(1), aborter.signal))).toBe(deadline);
    await closed.promise;
    expect(api.openSockets()).toBe(0);
    expect(api.requests).toHaveLength(1);
  });

  it('ends a request within its answer', async () => {
    const aborter = new AbortController();
    const api = await startApi((_, response) => {
      response.writeHead(200);
      response.write('{"code"');
      setTimeout(() => aborter.abort(deadline), 20);
    });
    expect(await failureOf(testClient(api.endpoint).send(numberedBatch(1), aborter.signal))).toBe(deadline);
  });

  it('ends a send that waits its turn', async () => {
    const aborter = new AbortController();
    const arrived = Promise.withResolvers<void>();
    const api = await startApi(() => arrived.resolve());
    const client = testClient(api.endpoint, { limits: { requestsInFlight: 1 } });
    const first = failureOf(client.send(numberedBatch(1), never()));
    await arrived.promise;
    const second = failureOf(client.send(numberedBatch(1), aborter.signal));
    aborter.abort(deadline);
    expect(await second).toBe(deadline);
    await client.close();
    await first;
    expect(api.requests).toHaveLength(1);
  });

  it('sends nothing when it is aborted already', async () => {
    const api = await startApi((_, response) => replyImported(response, 1));
    const send = testClient(api.endpoint).send(numberedBatch(1), AbortSignal.abort(deadline));
    expect(await failureOf(send)).toBe(deadline);
    expect(api.requests).toHaveLength(0);
  });

  it('goes on with the next batch', async () => {
    const aborter = new AbortController();
    const api = await startApi((_, response, count) => {
      if (count === 1) aborter.abort(deadline);
      else replyImported(response, 1);
    });
    const client = testClient(api.endpoint);
    await failureOf(client.send(numberedBatch(1), aborter.signal));
    expect(await client.send(numberedBatch(1), never())).toMatchObject({ imported: 1 });
  });
});
