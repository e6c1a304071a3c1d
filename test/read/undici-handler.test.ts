import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { headObject, s3Source } from '../../lib/read/s3.ts';
import { type HttpTimeouts, undiciHandler } from '../../lib/read/undici-handler.ts';
import { type Answer, serveObject } from './object-server.ts';

const MiB = 1024 * 1024;
const HASTY: HttpTimeouts = { connectMs: 500, headersMs: 300, bodyMs: 300 };

/** An object before a client that tries three times, as functions do. */
const hastilyRead = async (body: Buffer, answer: Answer) => {
  const { url, requests } = await serveObject(body.length, answer);
  const client = new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: undiciHandler(HASTY),
  });
  onTestFinished(() => client.destroy());
  const source = s3Source(client, { bucket: 'b', key: 'k', etag: 'e1', sizeBytes: body.length });
  return { client, source, requests, range: { start: 0, end: body.length } };
};

describe('undiciHandler', () => {
  it('asks again where no answer comes', async () => {
    const body = Buffer.from('hello');
    const { source, requests, range } = await hastilyRead(body, (_, response, request) => {
      if (request > 1) response.writeHead(206).end(body);
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of source.read(range)) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('hello');
    expect(requests).toHaveLength(2);
  });

  it('gives up a body that goes silent, so that the source reads on behind what came', async () => {
    const body = Buffer.from('hello, world');
    const { source, requests, range } = await hastilyRead(body, ({ start }, response, request) => {
      response.writeHead(206, { 'content-length': body.length - start });
      if (request > 1) response.end(body.subarray(start));
      else response.write(body.subarray(0, 5));
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of source.read(range)) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('hello, world');
    expect(requests.map(({ range }) => range)).toEqual(['bytes=0-11', 'bytes=5-11']);
  });

  it('waits as long as it takes for a reader that is slow', async () => {
    const body = Buffer.alloc(16 * MiB);
    const { source, requests, range } = await hastilyRead(body, (_, response) =>
      response.writeHead(206).end(body),
    );
    let bytes = 0;
    for await (const piece of source.read(range)) {
      if (bytes === 0) await sleep(5 * HASTY.bodyMs);
      bytes += piece.length;
    }
    expect(bytes).toBe(body.length);
    expect(requests).toHaveLength(1);
  });

  it('leaves nothing behind where a reader has enough before the end', async () => {
    const body = Buffer.alloc(16 * MiB);
    let isCutOff = false;
    const { source, range } = await hastilyRead(body, (_, response) => {
      response.on('close', () => {
        isCutOff = !response.writableFinished;
      });
      response.writeHead(206).end(body);
    });
    for await (const _ of source.read(range)) break;
    await expect.poll(() => isCutOff).toBe(true);
  });

  it('says what the SDK says where there is nobody', async () => {
    const client = new S3Client({
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: undiciHandler(HASTY),
    });
    onTestFinished(() => client.destroy());
    const error = await headObject(client, { bucket: 'b', key: 'k' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
      cause: { $metadata: { attempts: 3 } },
    });
  });
});
