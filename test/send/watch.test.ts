import { describe, expect, it } from 'vitest';
import { SendError } from '../../lib/send/send-error.ts';
import type { ApiAnswer } from '../../lib/send/watch.ts';
import { replyImported, replyJson, startApi } from './api-server.ts';
import { numberedBatch } from './lines-batch.ts';
import { failureOf, never, testClient } from './test-client.ts';

/** Keeps all that it is told. */
const keeper = () => {
  const answers: ApiAnswer[] = [];
  const faults: SendError[] = [];
  return {
    answers,
    faults,
    watch: {
      onAnswer: async (answer: ApiAnswer) => void answers.push(answer),
      onFault: (fault: SendError) => void faults.push(fault),
    },
  };
};

describe('watch: answers', () => {
  it('are told as they came, each attempt with its number', async () => {
    const api = await startApi((_, response, count) => {
      if (count === 1) response.writeHead(503).end('<h1>busy</h1>');
      else replyImported(response, 3);
    });
    const { answers, watch } = keeper();
    await testClient(api.endpoint, { now: () => 5_000 }).send(numberedBatch(3), never(), watch);
    const common = { atMs: 5_000, truncated: false, records: 3 };
    expect(answers).toEqual([
      { ...common, status: 503, bodyText: '<h1>busy</h1>', attempt: 1 },
      {
        ...common,
        status: 200,
        bodyText: '{"code":200,"num_records_imported":3,"status":"OK"}',
        attempt: 2,
      },
    ]);
  });

  it('are told of each part of a batch that is halved', async () => {
    const api = await startApi(({ lines }, response) => {
      if (lines.length > 2) replyJson(response, 413, {});
      else replyImported(response, lines.length);
    });
    const { answers, watch } = keeper();
    await testClient(api.endpoint).send(numberedBatch(4), never(), watch);
    expect(answers.map(({ status, records, attempt }) => [status, records, attempt])).toEqual([
      [413, 4, 1],
      [200, 2, 1],
      [200, 2, 1],
    ]);
  });

  it('are told where they stop the send, and hold no credentials', async () => {
    const api = await startApi((_, response) => replyJson(response, 401, { error: 'not secret-token' }));
    const { answers, watch } = keeper();
    const client = testClient(api.endpoint, { credentials: { kind: 'token', token: 'secret-token' } });
    await failureOf(client.send(numberedBatch(1), never(), watch));
    expect(answers).toMatchObject([{ status: 401, bodyText: '{"error":"not ***"}' }]);
  });

  it('say that they are longer than is read', async () => {
    const api = await startApi((_, response) => response.end('x'.repeat(3_000)));
    const { answers, watch } = keeper();
    const client = testClient(api.endpoint, { limits: { responseBytesMax: 1_000, attemptsMax: 1 } });
    await failureOf(client.send(numberedBatch(1), never(), watch));
    expect(answers).toMatchObject([{ bodyText: 'x'.repeat(1_000), truncated: true }]);
  });

  it('fail the send where they cannot be kept', async () => {
    const api = await startApi((_, response) => replyImported(response, 1));
    const watch = { onAnswer: () => Promise.reject(new Error('no room')) };
    await expect(testClient(api.endpoint).send(numberedBatch(1), never(), watch)).rejects.toThrow('no room');
  });
});

describe('watch: faults', () => {
  it('are what the send would fail with after as many attempts', async () => {
    const api = await startApi(({ socket }, response, count) => {
      if (count === 1) socket.destroy();
      else if (count === 2) replyJson(response, 429, { error: 'quota' });
      else replyJson(response, 503, { error: 'busy' });
    });
    const { faults, watch } = keeper();
    const client = testClient(api.endpoint, { limits: { attemptsMax: 3 } });
    const failure = await failureOf(client.send(numberedBatch(1), never(), watch));
    const did = `${api.endpoint}/import did not take a batch in`;
    expect(
      faults.map(({ code, message }) => [code, message.slice(0, message.indexOf('.', did.length))]),
    ).toEqual([
      ['API_UNAVAILABLE', expect.stringContaining(`${did} 1 attempt; the last got no answer (`)],
      ['API_RATE_LIMITED', `${did} 2 attempts; the last got HTTP 429: quota`],
    ]);
    expect(faults[0]!.cause).toBeInstanceOf(Error);
    expect(failure).toMatchObject({
      message: expect.stringContaining(`${did} 3 attempts; the last got HTTP 503`),
    });
  });

  it('are told of a request that is cut off while it waits for its answer', async () => {
    const aborter = new AbortController();
    const api = await startApi(() => aborter.abort(new Error('deadline')));
    const { faults, watch } = keeper();
    const failure = await failureOf(testClient(api.endpoint).send(numberedBatch(1), aborter.signal, watch));
    expect(failure).toMatchObject({ message: 'deadline' });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toBeInstanceOf(SendError);
    expect(faults[0]!.message).toMatch(/in 1 attempt; the last got no answer \(given up after \d+ ms\)/);
  });

  it('are none where the API takes everything', async () => {
    const api = await startApi((_, response) => replyImported(response, 2));
    const { faults, watch } = keeper();
    await testClient(api.endpoint).send(numberedBatch(2), never(), watch);
    expect(faults).toEqual([]);
  });
});
