import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';

import { refusal, startStore, temporaryFolder } from './store-fixture.ts';

const source = { Bucket: 'inbox', Key: 'drop/events é+%.jsonl' };

async function serveText(text: string) {
  const path = join(await temporaryFolder(), 'events.jsonl');
  await writeFile(path, text);
  const { client } = await startStore({ files: [{ bucket: 'inbox', key: source.Key, path }] });
  return { client, path };
}

describe('a served file', () => {
  it('answers HEAD and GET alike', async () => {
    const { client } = await serveText('0123456789');
    const head = await client.send(new HeadObjectCommand(source));
    const got = await client.send(new GetObjectCommand(source));
    expect(await got.Body?.transformToString()).toBe('0123456789');
    expect(head).toMatchObject({ ContentLength: 10, AcceptRanges: 'bytes', ETag: got.ETag });
    expect(head.ETag).toMatch(/^"[0-9a-f]{32}-1"$/);
  });

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=5-500', '56789', 'bytes 5-9/10'],
  ])('sends the range %s', async (Range, text, ContentRange) => {
    const { client } = await serveText('0123456789');
    const got = await client.send(new GetObjectCommand({ ...source, Range }));
    expect(got).toMatchObject({
      ContentRange,
      ContentLength: text.length,
      $metadata: { httpStatusCode: 206 },
    });
    expect(await got.Body?.transformToString()).toBe(text);
  });

  it('refuses a range behind its end', async () => {
    const { client } = await serveText('0123456789');
    const refused = await refusal(client.send(new GetObjectCommand({ ...source, Range: 'bytes=10-' })));
    expect(refused).toMatchObject({ name: 'InvalidRange', status: 416 });
  });

  it('sends an empty file', async () => {
    const { client } = await serveText('');
    const got = await client.send(new GetObjectCommand(source));
    expect(await got.Body?.transformToString()).toBe('');
    expect(got.ContentLength).toBe(0);
  });

  it('has another ETag once the file changes, and refuses a read pinned to the old one', async () => {
    const { client, path } = await serveText('0123456789');
    const { ETag } = await client.send(new HeadObjectCommand(source));
    const pinned = new GetObjectCommand({ ...source, IfMatch: ETag, Range: 'bytes=0-1' });
    expect(await (await client.send(pinned)).Body?.transformToString()).toBe('01');
    await appendFile(path, 'x');
    expect(await refusal(client.send(pinned))).toMatchObject({ name: 'PreconditionFailed', status: 412 });
    expect((await client.send(new HeadObjectCommand(source))).ETag).not.toBe(ETag);
  });

  it('has another ETag when a file of the same size takes its place', async () => {
    const { client, path } = await serveText('0123456789');
    const { ETag } = await client.send(new HeadObjectCommand(source));
    await writeFile(`${path}.new`, 'abcdefghij');
    await rename(`${path}.new`, path);
    expect((await client.send(new HeadObjectCommand(source))).ETag).not.toBe(ETag);
  });

  it('answers 304 to a reader that has this version', async () => {
    const { client } = await serveText('0123456789');
    const { ETag } = await client.send(new HeadObjectCommand(source));
    expect(await refusal(client.send(new GetObjectCommand({ ...source, IfNoneMatch: ETag })))).toMatchObject({
      status: 304,
    });
  });

  it('is gone when its file is, also from the list', async () => {
    const { client, path } = await serveText('0123456789');
    const list = new ListObjectsV2Command({ Bucket: 'inbox', Prefix: 'drop/' });
    expect((await client.send(list)).Contents).toMatchObject([{ Key: source.Key, Size: 10 }]);
    await rm(path);
    expect(await refusal(client.send(new GetObjectCommand(source)))).toMatchObject({
      name: 'NoSuchKey',
      status: 404,
    });
    expect(await refusal(client.send(new HeadObjectCommand(source)))).toMatchObject({
      name: 'NotFound',
      status: 404,
    });
    expect(await client.send(list)).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  it('cannot be written', async () => {
    const { client } = await serveText('0123456789');
    const refused = await refusal(client.send(new PutObjectCommand({ ...source, Body: 'x' })));
    expect(refused).toMatchObject({ name: 'MethodNotAllowed', status: 405 });
  });

  it('is not a folder, nor a file that cannot be', async () => {
    const folder = await temporaryFolder();
    const { store, client } = await startStore();
    store.serveFile({ bucket: 'inbox', key: 'folder', path: folder });
    store.serveFile({ bucket: 'inbox', key: 'none', path: join(folder, 'none') });
    for (const Key of ['folder', 'none', 'never-served']) {
      const refused = await refusal(client.send(new GetObjectCommand({ Bucket: 'inbox', Key })));
      expect(refused).toMatchObject({ name: 'NoSuchKey', status: 404 });
    }
  });
});
