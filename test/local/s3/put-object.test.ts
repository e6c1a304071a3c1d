import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';

import { refusal, startStore, temporaryFolder } from './store-fixture.ts';

const object = { Bucket: 'work', Key: 'k' };
const put = (client: S3Client, input: Partial<PutObjectCommandInput>) =>
  client.send(new PutObjectCommand({ ...object, ...input }));

describe('PutObject', () => {
  it('decodes the aws-chunked body of a stream and keeps only the encoding of the object', async () => {
    const { client } = await startStore();
    const Body = Readable.from([Buffer.from('hello '), Buffer.alloc(200_000, 'x')]);
    await put(client, { Body, ContentLength: 200_006, ContentEncoding: 'gzip' });
    const got = await client.send(new GetObjectCommand(object));
    expect(got).toMatchObject({ ContentLength: 200_006, ContentEncoding: 'gzip' });
    expect(await got.Body?.transformToString()).toBe(`hello ${'x'.repeat(200_000)}`);
  });

  it('keeps an empty object, and a large one that is announced with Expect: 100-continue', async () => {
    const { client } = await startStore();
    await put(client, { Body: '' });
    expect((await client.send(new HeadObjectCommand(object))).ContentLength).toBe(0);
    await put(client, { Body: Buffer.alloc(5_000_000, 'x') });
    expect((await client.send(new HeadObjectCommand(object))).ContentLength).toBe(5_000_000);
  });

  it.each([
    ['ChecksumCRC32', 'AAAAAA=='],
    ['ChecksumSHA256', 'AAAA'],
    ['ContentMD5', 'AAAA'],
  ])('refuses a body that differs from its %s', async (name, value) => {
    const { client, folder } = await startStore();
    const refused = await refusal(put(client, { Body: 'content', [name]: value }));
    expect(refused).toMatchObject({ name: 'BadDigest', status: 400 });
    expect(await readdir(folder)).toEqual(['.object-store']);
    expect(await readdir(join(folder, '.object-store/uploads'))).toEqual([]);
  });

  it('checks the checksum in a trailer', async () => {
    const { store } = await startStore();
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32('hello'));
    expect((await putTrailer(store.url, `x-amz-checksum-crc32:${sum.toString('base64')}\r\n`)).status).toBe(
      200,
    );
    const wrong = await putTrailer(store.url, 'x-amz-checksum-crc32:AAAAAA==\r\n');
    expect(await wrong.text()).toContain('<Code>BadDigest</Code>');
    const missing = await putTrailer(store.url, '');
    expect(await missing.text()).toContain('<Code>MalformedTrailerError</Code>');
  });

  it('refuses a body that is shorter than it says', async () => {
    const { store } = await startStore();
    const answer = await putTrailer(store.url, 'x-amz-checksum-crc32:NhCmhg==\r\n', '6');
    expect(await answer.text()).toContain('<Code>IncompleteBody</Code>');
  });

  it('names a checksum it cannot check', async () => {
    const { client } = await startStore();
    const refused = await refusal(put(client, { Body: 'x', ChecksumCRC32C: 'AAAAAA==' }));
    expect(refused).toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('crc32c') });
  });

  it.each([
    ['announced first', 30_000_000],
    ['sent at once', 1_900_000],
  ])('refuses a body over the maximum that is %s, and answers what comes next', async (_, sizeBytes) => {
    const { client } = await startStore(await boundTo(1_000_000));
    const refused = await refusal(put(client, { Body: Buffer.alloc(sizeBytes) }));
    expect(refused).toMatchObject({ name: 'EntityTooLarge', status: 400 });
    await put(client, { Body: Buffer.alloc(1_000_000) });
  });

  it('reads on through a refused body, so that a sender who writes first reads the refusal', async () => {
    const { store } = await startStore(await boundTo(10_000_000));
    const socket = connect(Number(new URL(store.url).port), '127.0.0.1');
    socket.write('PUT /none/k HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000\r\n\r\n');
    await new Promise<void>((resolve, reject) => {
      socket.write(Buffer.alloc(9_000_000), (error) => (error ? reject(error) : resolve()));
    });
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
    socket.destroy();
  });

  it('refuses an announced body without having it sent', async () => {
    const { store } = await startStore(await boundTo(1000));
    const socket = connect(Number(new URL(store.url).port), '127.0.0.1');
    socket.write('PUT /work/k HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5000\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  it('refuses a body of unknown length once it is over the maximum', async () => {
    const { store } = await startStore(await boundTo(1000));
    const body = ReadableStream.from([Buffer.alloc(900), Buffer.alloc(900)]);
    const answer = await fetch(`${store.url}/work/k`, { method: 'PUT', body, duplex: 'half' });
    expect(await answer.text()).toContain('<Code>EntityTooLarge</Code>');
  });

  it('refuses user metadata over 2 KiB', async () => {
    const { client } = await startStore();
    const refused = await refusal(put(client, { Body: 'x', Metadata: { a: 'x'.repeat(2048) } }));
    expect(refused).toMatchObject({ name: 'MetadataTooLarge' });
  });

  it('leaves the object and no upload behind when the sender breaks off', async () => {
    const { store, client, folder } = await startStore();
    await put(client, { Body: 'whole' });
    const socket = connect(Number(new URL(store.url).port), '127.0.0.1');
    socket.write('PUT /work/k HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
    const uploads = join(folder, '.object-store/uploads');
    await expect.poll(() => readdir(uploads)).toHaveLength(1);
    socket.destroy();
    await once(socket, 'close');
    await expect.poll(() => readdir(uploads)).toEqual([]);
    expect(await (await client.send(new GetObjectCommand(object))).Body?.transformToString()).toBe('whole');
  });
});

async function boundTo(bodyBytesMax: number) {
  return { bodyBytesMax, folders: [{ bucket: 'work', folder: await temporaryFolder() }] };
}

function putTrailer(url: string, trailers: string, saidLength = '5'): Promise<Response> {
  return fetch(`${url}/work/k`, {
    method: 'PUT',
    headers: {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': saidLength,
      'x-amz-trailer': 'x-amz-checksum-crc32',
    },
    body: `5\r\nhello\r\n0\r\n${trailers}\r\n`,
  });
}
