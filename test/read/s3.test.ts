import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../lib/read/byte-source.ts';
import { ReadError } from '../../lib/read/read-error.ts';
import { headObject, type PinnedObject, s3Source } from '../../lib/read/s3.ts';
import { undiciHandler } from '../../lib/read/undici-handler.ts';
import { clientOf, startStore, temporaryFolder } from '../local/s3/store-fixture.ts';
import { sendCut, serveObject } from './object-server.ts';

const readAll = async (source: ByteSource, start: number, end: number): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read({ start, end })) pieces.push(piece);
  return Buffer.concat(pieces);
};

const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

/** A store with one object, pinned as the splitter would pin it. */
const storedObject = async (body: Buffer) => {
  const { client, store } = await startStore();
  await client.send(new PutObjectCommand({ Bucket: 'work', Key: 'a/b.jsonl', Body: body }));
  const head = await headObject(client, { bucket: 'work', key: 'a/b.jsonl' });
  const object: PinnedObject = { bucket: 'work', key: 'a/b.jsonl', ...head };
  return { client, store, head, object };
};

describe('headObject', () => {
  it('tells size and ETag, without quotes', async () => {
    const { head } = await storedObject(Buffer.from('hello'));
    expect(head).toMatchObject({ sizeBytes: 5, etag: expect.stringMatching(/^[^"]+$/) });
  });

  it('tells an object that is not there from one that cannot be read now', async () => {
    const { client } = await startStore();
    expect(await failureOf(headObject(client, { bucket: 'work', key: 'none' }))).toMatchObject({
      code: 'SOURCE_VANISHED',
      retryable: false,
      message: 's3://work/none is not there any more.',
    });
    const away = clientOf('http://127.0.0.1:1');
    expect(await failureOf(headObject(away, { bucket: 'work', key: 'none' }))).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      retryable: true,
    });
  });
});

describe.each([
  ['Node', () => ({})],
  ['undici', () => ({ requestHandler: undiciHandler() })],
])('s3Source, by the HTTP of %s', (_, http) => {
  const readerOf = (url: string): S3Client => clientOf(url, http());

  it('reads ranges of an object', async () => {
    const body = randomBytes(300_000);
    const { store, object } = await storedObject(body);
    const source = s3Source(readerOf(store.url), object);
    expect(source.sizeBytes).toBe(body.length);
    expect((await readAll(source, 0, body.length)).equals(body)).toBe(true);
    expect((await readAll(source, 99_999, 200_001)).equals(body.subarray(99_999, 200_001))).toBe(true);
    expect((await readAll(source, 7, 7)).length).toBe(0);
  });

  it('reads a local file that the store serves in place', async () => {
    const path = join(await temporaryFolder(), 'a.jsonl');
    await writeFile(path, '{"a":1}\n{"a":2}\n');
    const { client, store } = await startStore({ files: [{ bucket: 'inbox', key: 'a.jsonl', path }] });
    const head = await headObject(client, { bucket: 'inbox', key: 'a.jsonl' });
    const source = s3Source(readerOf(store.url), { bucket: 'inbox', key: 'a.jsonl', ...head });
    expect((await readAll(source, 8, 16)).toString()).toBe('{"a":2}\n');
  });

  it('does not read a version other than the one it is pinned to', async () => {
    const { client, store, object } = await storedObject(Buffer.from('old'));
    await client.send(new PutObjectCommand({ Bucket: 'work', Key: 'a/b.jsonl', Body: 'new' }));
    expect(await failureOf(readAll(s3Source(readerOf(store.url), object), 0, 3))).toMatchObject({
      code: 'SOURCE_CHANGED',
      retryable: false,
    });
  });

  it('reads on where the body breaks off, until all of it is there', async () => {
    const body = randomBytes(200_000);
    const { url, requests } = await serveObject(body.length, ({ start, end }, response, request) =>
      sendCut(response, body.subarray(start, end), request < 4 ? 40_000 : Number.POSITIVE_INFINITY),
    );
    const object = { bucket: 'b', key: 'k', etag: 'e1', sizeBytes: body.length };
    expect(
      (await readAll(s3Source(readerOf(url), object), 10, 190_000)).equals(body.subarray(10, 190_000)),
    ).toBe(true);
    expect(requests.length).toBe(4);
    expect(requests[0]).toEqual({ range: 'bytes=10-189999', ifMatch: '"e1"' });
    const starts = requests.map(({ range }) => Number(/\d+/.exec(range!)![0]));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts[1]).toBeGreaterThan(10);
  });

  it('reads on where a body ends too early without a broken connection', async () => {
    const body = randomBytes(1_000);
    const { url, requests } = await serveObject(body.length, ({ start, end }, response, request) => {
      response.writeHead(206);
      response.end(body.subarray(start, request === 1 ? 400 : end));
    });
    const object = { bucket: 'b', key: 'k', etag: 'e1', sizeBytes: body.length };
    expect((await readAll(s3Source(readerOf(url), object), 0, 1_000)).equals(body)).toBe(true);
    expect(requests.map(({ range }) => range)).toEqual(['bytes=0-999', 'bytes=400-999']);
  });

  it('gives up after five resumes', async () => {
    const { url, requests } = await serveObject(100, (_, response) =>
      sendCut(response, Buffer.alloc(100), 0),
    );
    const object = { bucket: 'b', key: 'k', etag: 'e1', sizeBytes: 100 };
    const error = await failureOf(readAll(s3Source(readerOf(url), object), 0, 100));
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', retryable: true });
    expect(error).toBeInstanceOf(ReadError);
    expect(requests.length).toBe(6);
  });

  it.each([
    [403, 'SOURCE_FORBIDDEN', false, 1],
    [404, 'SOURCE_VANISHED', false, 1],
    [412, 'SOURCE_CHANGED', false, 1],
    [416, 'SOURCE_CHANGED', false, 1],
    [500, 'SOURCE_UNAVAILABLE', true, 6],
    [503, 'SOURCE_UNAVAILABLE', true, 6],
  ])('reads status %i as %s', async (status, code, retryable, count) => {
    const { url, requests } = await serveObject(100, (_, response) => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end('<Error><Code>Some</Code><Message>words</Message></Error>');
    });
    const object = { bucket: 'b', key: 'k', etag: 'e1', sizeBytes: 100 };
    const error = await failureOf(readAll(s3Source(readerOf(url), object), 0, 100));
    expect(error).toMatchObject({ code, retryable, message: expect.stringContaining('s3://b/k') });
    expect(requests.length).toBe(count);
  });

  it('takes nothing from an answer that is another range than the one it asked for', async () => {
    const body = randomBytes(500);
    const { url } = await serveObject(body.length, (_, response) => {
      response.removeHeader('content-range');
      response.writeHead(200);
      response.end(body);
    });
    const object = { bucket: 'b', key: 'k', etag: 'e1', sizeBytes: body.length };
    expect(await failureOf(readAll(s3Source(readerOf(url), object), 100, 200))).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('asked for "bytes 100-199/500"'),
    });
  });

  it('asks for the version it is pinned to', async () => {
    let path = '';
    const { url } = await serveObject(1, (_, response) => {
      path = response.req.url ?? '';
      response.writeHead(206);
      response.end('x');
    });
    const object = { bucket: 'b', key: 'k', etag: 'e1', versionId: 'v7', sizeBytes: 1 };
    await readAll(s3Source(readerOf(url), object), 0, 1);
    expect(path).toContain('versionId=v7');
  });
});
