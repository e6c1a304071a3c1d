import { describe, expect, it } from 'vitest';
import { createImportClient } from '../../lib/send/client.ts';
import { SendError } from '../../lib/send/send-error.ts';
import { replyImported, replyJson, startApi } from './api-server.ts';
import { linesBatch, numberedBatch } from './lines-batch.ts';
import { failureOf, never, testClient } from './test-client.ts';

describe('createImportClient: a request', () => {
  it('posts gzipped NDJSON and counts what was sent', async () => {
    const api = await startApi(({ lines }, response) => replyImported(response, lines.length));
    const result = await testClient(api.endpoint).send(numberedBatch(3), never());
    const [request] = api.requests;
    expect(request).toMatchObject({
      method: 'POST',
      url: '/import?strict=1&ip=0',
      headers: {
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
        'content-length': String(request?.body.length),
        'user-agent': 'mixpanel-fanout',
      },
      lines: ['{"n":0}', '{"n":1}', '{"n":2}'],
    });
    expect(request?.headers.authorization).toBeUndefined();
    expect(result).toEqual({
      imported: 3,
      rejected: [],
      requests: { total: 1, retried: 0, throttled: 0 },
      bytes: { sent: 24, compressed: request?.body.length },
      waitMs: { request: expect.any(Number), backoff: 0, pace: expect.any(Number) },
    });
  });

  it('says nothing of gzip for a body that is not compressed', async () => {
    const api = await startApi(({ lines }, response) => replyImported(response, lines.length));
    const { bytes } = await testClient(api.endpoint).send(linesBatch(['{}'], { compressed: false }), never());
    expect(api.requests[0]?.headers['content-encoding']).toBeUndefined();
    expect(api.requests[0]?.body.toString()).toBe('{}\n');
    expect(bytes).toEqual({ sent: 3, compressed: 3 });
  });

  it('authorises with a token and names no project', async () => {
    const api = await startApi((_, response) => replyImported(response, 1));
    const client = testClient(`${api.endpoint}/prefix`, { credentials: { kind: 'token', token: 'abc' } });
    await client.send(numberedBatch(1), never());
    expect(api.requests[0]).toMatchObject({
      url: '/prefix/import?strict=1&ip=0',
      headers: { authorization: `Basic ${btoa('abc:')}` },
    });
  });

  it('authorises with a service account and names its project', async () => {
    const api = await startApi((_, response) => replyImported(response, 1));
    const client = testClient(api.endpoint, {
      credentials: { kind: 'service-account', username: 'user', secret: 'pass', projectId: '42' },
    });
    await client.send(numberedBatch(1), never());
    expect(api.requests[0]).toMatchObject({
      url: '/import?strict=1&ip=0&project_id=42',
      headers: { authorization: `Basic ${btoa('user:pass')}` },
    });
  });

  it('sends nothing for an empty batch', async () => {
    const api = await startApi((_, response) => replyImported(response, 0));
    expect(await testClient(api.endpoint).send(numberedBatch(0), never())).toMatchObject({
      imported: 0,
      requests: { total: 0 },
    });
    expect(api.requests).toHaveLength(0);
  });

  it('refuses an endpoint it may not send to', () => {
    const destination = { region: 'us', endpoint: 'http://mixpanel.example' } as const;
    expect(() => createImportClient({ destination, credentials: { kind: 'none' } })).toThrow('unencrypted');
  });
});

describe('createImportClient: rejections', () => {
  it('reports a partial success without sending again', async () => {
    const message = "'properties.time' is invalid: must not be missing";
    const api = await startApi((_, response) =>
      replyJson(response, 400, {
        code: 400,
        error: 'some data points in the request failed validation',
        num_records_imported: 2,
        failed_records: [{ index: 1, insert_id: 'x', field: 'properties.time', message }],
      }),
    );
    expect(await testClient(api.endpoint).send(numberedBatch(3), never())).toMatchObject({
      imported: 2,
      rejected: [{ index: 1, field: 'properties.time', reason: message }],
      requests: { total: 1, retried: 0 },
    });
  });

  it('halves a batch that is too large, and rejects the record that is too large alone', async () => {
    const api = await startApi(({ lines }, response) => {
      if (lines.length > 2 || lines.includes('{"n":5}'))
        replyJson(response, 413, { code: 413, error: 'too large' });
      else replyImported(response, lines.length);
    });
    expect(await testClient(api.endpoint).send(numberedBatch(8), never())).toMatchObject({
      imported: 7,
      rejected: [{ index: 5, reason: 'record too large for the API' }],
      requests: { total: 9, retried: 0 },
    });
    expect(api.requests.map(({ lines }) => lines.length).sort()).toEqual([1, 1, 2, 2, 2, 2, 4, 4, 8]);
  });

  it('reads an answer that lists 2,000 failures', async () => {
    const failed_records = Array.from({ length: 2_000 }, (_, index) => ({
      index,
      insert_id: 'x'.repeat(36),
      field: 'properties.time',
      message: 'y'.repeat(150),
    }));
    const api = await startApi((_, response) =>
      replyJson(response, 400, { code: 400, num_records_imported: 0, failed_records }),
    );
    const { rejected, requests } = await testClient(api.endpoint).send(numberedBatch(2_000), never());
    expect(rejected).toHaveLength(2_000);
    expect(requests.total).toBe(1);
  });

  it('halves when the answer is longer than it reads', async () => {
    const api = await startApi(({ lines }, response) => {
      if (!lines.includes('{"n":2}')) return replyImported(response, lines.length);
      replyJson(response, 400, { num_records_imported: 0, failed_records: ['z'.repeat(200_000)] });
    });
    const client = testClient(api.endpoint, { limits: { responseBytesMax: 1_000 } });
    expect(await client.send(numberedBatch(4), never())).toMatchObject({
      imported: 3,
      rejected: [{ index: 2 }],
    });
  });
});

describe('createImportClient: what stops it', () => {
  it.each([
    [401, 'API_UNAUTHORIZED', 'Check the token'],
    [403, 'API_FORBIDDEN', 'role'],
    [404, 'API_ENDPOINT_NOT_FOUND', 'Check the endpoint'],
    [302, 'API_ENDPOINT_NOT_FOUND', 'redirects'],
    [415, 'API_REFUSED', 'between here and the API'],
  ])('stops at %i with %s and says what to do', async (status, code, advice) => {
    const api = await startApi((_, response) => {
      response.writeHead(status, { 'content-type': 'text/html', location: '/elsewhere' }).end('<h1>No</h1>');
    });
    const failure = await failureOf(testClient(api.endpoint).send(numberedBatch(1), never()));
    expect(failure).toBeInstanceOf(SendError);
    expect(failure).toMatchObject({ code, retryable: false, message: expect.stringContaining(advice) });
    expect(failure).toMatchObject({
      message: expect.stringContaining(`${api.endpoint}/import answered HTTP ${status}: <h1>No</h1>.`),
    });
    expect(api.requests).toHaveLength(1);
  });

  it('repeats no credentials that the server echoes', async () => {
    const credentials = {
      kind: 'service-account',
      username: 'user-name',
      secret: 'pass-word',
      projectId: '4',
    } as const;
    const api = await startApi(({ headers }, response) =>
      replyJson(response, 401, { error: `user-name pass-word ${headers.authorization}` }),
    );
    const failure = await failureOf(
      testClient(api.endpoint, { credentials }).send(numberedBatch(1), never()),
    );
    expect(failure).toMatchObject({ message: expect.stringContaining('HTTP 401: *** *** Basic ***.') });
  });

  it('stops the other half too', async () => {
    const api = await startApi(({ lines }, response) => {
      if (lines.length === 64) replyJson(response, 413, {});
      else if (lines[0] === '{"n":0}') replyJson(response, 401, { error: 'expired' });
      else replyJson(response, 503, {}, { 'retry-after': '100' });
    });
    const client = testClient(api.endpoint, { backoff: { firstMs: 60_000, retryAfterMaxMs: 60_000 } });
    const failure = await failureOf(client.send(numberedBatch(64), never()));
    expect(failure).toMatchObject({ code: 'API_UNAUTHORIZED' });
  });

  it('passes on a failure to encode', async () => {
    const batch = { ...numberedBatch(1), encode: () => Promise.reject(new Error('gzip broke')) };
    const api = await startApi((_, response) => replyImported(response, 1));
    await expect(testClient(api.endpoint).send(batch, never())).rejects.toThrow('gzip broke');
  });
});
