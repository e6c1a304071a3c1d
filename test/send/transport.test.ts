import { createServer as createTcpServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expectSameBody, replyImported, startApi } from './api-server.ts';
import { numberedBatch } from './lines-batch.ts';
import { failureOf, never, testClient } from './test-client.ts';

/** A server below HTTP. */
const startTcp = async (serve: (socket: Socket, count: number) => void): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket, sockets.size);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
};

describe('transport: connections that break', () => {
  it('sends the same bytes again when the connection is reset before an answer', async () => {
    const api = await startApi(({ socket }, response, count) => {
      if (count === 1) socket.resetAndDestroy();
      else replyImported(response, 9);
    });
    expect(await testClient(api.endpoint).send(numberedBatch(9), never())).toMatchObject({
      imported: 9,
      requests: { total: 2, retried: 1 },
    });
    expectSameBody(api.requests);
  });

  it('sends the same bytes again when the connection ends within an answer that took the records', async () => {
    const api = await startApi(({ socket }, response, count) => {
      if (count > 1) return replyImported(response, 9);
      response.writeHead(200, { 'content-length': '60' });
      response.write('{"code":200,"num_records_imported":9');
      setTimeout(() => socket.destroy(), 5);
    });
    expect(await testClient(api.endpoint).send(numberedBatch(9), never())).toMatchObject({
      imported: 9,
      requests: { total: 2, retried: 1 },
    });
    expectSameBody(api.requests);
  });

  it('sends again when the connection is reset before the request is read', async () => {
    const answer = '{"code":200,"num_records_imported":1,"status":"OK"}';
    const endpoint = await startTcp((socket, count) => {
      if (count === 1) socket.resetAndDestroy();
      else
        socket.once('data', () =>
          socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`),
        );
    });
    const { requests } = await testClient(endpoint).send(numberedBatch(1), never());
    expect(requests).toEqual({ total: 2, retried: 1, throttled: 0 });
  });

  it('takes a refusal that comes before the whole body was sent', async () => {
    const endpoint = await startTcp((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      });
    });
    const encode = async () => ({
      body: Buffer.alloc(9_000_000, 32),
      compressed: false,
      records: 1,
      rawBytes: 9_000_000,
    });
    const result = await testClient(endpoint).send({ ...numberedBatch(1), encode }, never());
    expect(result).toMatchObject({ rejected: [{ index: 0, reason: 'record too large for the API' }] });
    expect(result.requests.total).toBe(1);
  });

  it('gives up when nobody listens, with the reason and without what undici hangs on it', async () => {
    const client = testClient('http://127.0.0.1:1', { limits: { attemptsMax: 2 } });
    const failure = await failureOf(client.send(numberedBatch(1), never()));
    expect(failure).toMatchObject({
      code: 'API_UNAVAILABLE',
      message: expect.stringContaining('in 2 attempts; the last got no answer (ECONNREFUSED'),
      cause: expect.any(Error),
    });
  });

  it('gives up when the answer is not HTTP, and does not repeat it', async () => {
    const endpoint = await startTcp((socket) =>
      socket.once('data', () => socket.end('220 leaked-record\r\n')),
    );
    const client = testClient(endpoint, { limits: { attemptsMax: 2 } });
    const failure = await failureOf(client.send(numberedBatch(1), never()));
    expect(failure).toMatchObject({ code: 'API_UNAVAILABLE' });
    expect(inspect(failure, { depth: 9 })).not.toContain('leaked-record');
  });
});

describe('transport: time limits', () => {
  const limits = { requestTimeoutMs: 60, attemptsMax: 2 };

  it('ends a request that is not answered, and sends it again', async () => {
    const api = await startApi((_, response, count) => {
      if (count === 2) replyImported(response, 3);
    });
    const patient = { ...limits, requestTimeoutMs: 1_000 };
    const { requests } = await testClient(api.endpoint, { limits: patient }).send(numberedBatch(3), never());
    expect(requests).toEqual({ total: 2, retried: 1, throttled: 0 });
    expectSameBody(api.requests);
  });

  it('ends a request whose answer trickles', async () => {
    const api = await startApi((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    });
    const failure = await failureOf(testClient(api.endpoint, { limits }).send(numberedBatch(3), never()));
    expect(failure).toMatchObject({
      code: 'API_UNAVAILABLE',
      message: expect.stringContaining('no answer (no complete answer within 60 ms)'),
    });
  });

  it('ends a request whose body is not read', async () => {
    const endpoint = await startTcp((socket) => socket.pause());
    const encode = async () => ({
      body: Buffer.alloc(9_000_000),
      compressed: false,
      records: 1,
      rawBytes: 9_000_000,
    });
    const failure = await failureOf(
      testClient(endpoint, { limits }).send({ ...numberedBatch(1), encode }, never()),
    );
    expect(failure).toMatchObject({ code: 'API_UNAVAILABLE' });
  });
});
