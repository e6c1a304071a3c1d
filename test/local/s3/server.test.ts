import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';

import { startObjectStore } from '../../../local/s3/server.ts';
import { refusal, startStore, temporaryFolder } from './store-fixture.ts';

describe('startObjectStore', () => {
  it.each([
    ['CreateMultipartUpload', new CreateMultipartUploadCommand({ Bucket: 'work', Key: 'k' }), '?uploads'],
    ['GetObjectTagging', new GetObjectTaggingCommand({ Bucket: 'work', Key: 'k' }), '?tagging'],
    ['ListBuckets', new ListBucketsCommand({}), 'ListBuckets'],
    ['a read of a version', new GetObjectCommand({ Bucket: 'work', Key: 'k', VersionId: 'v' }), '?versionId'],
    [
      'a condition on time',
      new GetObjectCommand({ Bucket: 'work', Key: 'k', IfModifiedSince: new Date(0) }),
      'if-modified-since',
    ],
    [
      'CopyObject',
      new CopyObjectCommand({ Bucket: 'work', Key: 'k', CopySource: 'work/a' }),
      'x-amz-copy-source',
    ],
  ])('refuses %s by name', async (_, command, named) => {
    const { client } = await startStore();
    const refused = await refusal(client.send(command as GetObjectCommand));
    expect(refused).toMatchObject({
      name: 'NotImplemented',
      status: 501,
      message: expect.stringContaining(named),
    });
  });

  it('answers errors as XML with the id of the request', async () => {
    const { store } = await startStore();
    const answer = await fetch(`${store.url}/none/a%3Cb`);
    const requestId = answer.headers.get('x-amz-request-id');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/xml']);
    expect(await answer.text()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchBucket</Code><Message>There is no bucket none.' +
        `</Message><Resource>/none/a%3Cb</Resource><RequestId>${requestId}</RequestId></Error>`,
    );
  });

  it.each([
    ['a path that is not UTF-8', '/work/%ff', 'InvalidURI'],
    ['a key over 1,024 bytes', `/work/${'k'.repeat(1025)}`, 'KeyTooLongError'],
  ])('refuses %s', async (_, path, code) => {
    const { store } = await startStore();
    expect(await (await fetch(store.url + path)).text()).toContain(`<Code>${code}</Code>`);
  });

  it('adds buckets and files while it runs', async () => {
    const { store, client } = await startStore();
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a'), 'content');
    await store.addBucket({ bucket: 'more', folder });
    store.serveFile({ bucket: 'inbox', key: 'x/a', path: join(folder, 'a') });
    for (const [Bucket, Key] of [['more', 'a'] as const, ['inbox', 'x/a'] as const]) {
      const got = await client.send(new GetObjectCommand({ Bucket, Key }));
      expect(await got.Body?.transformToString()).toBe('content');
    }
  });

  it('refuses buckets that cannot be', async () => {
    const { store, folder } = await startStore();
    const wrong = { code: 'OBJECT_STORE_SETUP' };
    const other = await temporaryFolder();
    await writeFile(join(other, 'file'), '');
    await expect(store.addBucket({ bucket: 'work', folder: other })).rejects.toMatchObject(wrong);
    await expect(store.addBucket({ bucket: 'twin', folder })).rejects.toMatchObject(wrong);
    await expect(store.addBucket({ bucket: 'Bad_Name', folder: other })).rejects.toMatchObject(wrong);
    await expect(store.addBucket({ bucket: 'more', folder: join(other, 'file') })).rejects.toMatchObject(
      wrong,
    );
    const serve = (bucket: string, key: string) => () => store.serveFile({ bucket, key, path: other });
    expect(serve('work', 'k')).toThrow(expect.objectContaining(wrong));
    expect(serve('inbox', '')).toThrow(expect.objectContaining(wrong));
  });

  it('ends idle and busy connections when it is closed', async () => {
    const folder = await temporaryFolder();
    const store = await startObjectStore({ folders: [{ bucket: 'work', folder }] });
    const sockets = ['', 'PUT /work/k HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf'].map((text) => {
      const socket = connect(Number(new URL(store.url).port), '127.0.0.1');
      socket.write(text);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const closed = sockets.map(isClosed);
    await store.close();
    await Promise.all(closed);
    await store.close();
  });
});

/** Resolves also when the other side closes it by a reset. */
function isClosed(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  return new Promise((resolve) => socket.on('close', () => resolve()));
}
