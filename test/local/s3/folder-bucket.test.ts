import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';

import { startObjectStore } from '../../../local/s3/server.ts';
import { clientOf, refusal, startStore, temporaryFolder } from './store-fixture.ts';

const Bucket = 'work';
const put = (client: S3Client, Key: string, Body = Key) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body }));
const md5 = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;

async function getText(client: S3Client, Key: string): Promise<string | undefined> {
  return (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
}

async function listKeys(client: S3Client): Promise<unknown[]> {
  return ((await client.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);
}

describe('a folder bucket', () => {
  it('keeps an object as a readable file, with its MD5 as ETag', async () => {
    const { client, folder } = await startStore();
    expect((await put(client, 'reports/a.json', '{"a":1}')).ETag).toBe(md5('{"a":1}'));
    expect(await readFile(join(folder, 'reports/a.json'), 'utf8')).toBe('{"a":1}');
    expect(await listKeys(client)).toEqual(['reports/a.json']);
  });

  it.each([
    'a b+c%d#e?f&g=h.json',
    'Ünï/日本/😀.json',
    'a%2Fb%20c',
    '../../outside',
    './a/./b',
    '//a//b//',
    '.object-store/objects/x',
    'line\nbreak<&>"\'',
    'back\\slash',
    `long/${'名'.repeat(200)}/${'x'.repeat(300)}`,
  ])('round-trips the key %j', async (key) => {
    const { client, folder } = await startStore();
    await put(client, key);
    expect(await getText(client, key)).toBe(key);
    expect(await listKeys(client)).toEqual([key]);
    expect(await readdir(join(folder, '..'))).not.toContain('outside');
    await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    expect(await listKeys(client)).toEqual([]);
    expect(await readdir(folder)).toEqual(['.object-store']);
    expect(await readdir(join(folder, '.object-store/objects'))).toEqual([]);
  });

  it.each([
    ['the object first', ['a', 'a/b', 'a/b/c', 'a/']],
    ['the folder first', ['a/b/c', 'a/', 'a/b', 'a']],
  ])('keeps keys that are folders of others, %s', async (_, keys) => {
    const { client } = await startStore();
    for (const key of keys) await put(client, key);
    for (const key of keys) expect(await getText(client, key)).toBe(key);
    expect(await listKeys(client)).toEqual(['a', 'a/', 'a/b', 'a/b/c']);
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a/b' }));
    await put(client, 'a', 'again');
    expect(await listKeys(client)).toEqual(['a', 'a/', 'a/b/c']);
    expect(await getText(client, 'a')).toBe('again');
    expect(await refusal(getText(client, 'a/b'))).toMatchObject({ name: 'NoSuchKey' });
  });

  it('finds an object it moved aside when the folder in its way is gone', async () => {
    const { client, folder } = await startStore();
    await put(client, 'a');
    await put(client, 'a/b');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a/b' }));
    expect(await getText(client, 'a')).toBe('a');
    await put(client, 'a', 'new');
    expect(await getText(client, 'a')).toBe('new');
    expect(await readdir(folder)).toEqual(['.object-store', 'a%object']);
  });

  it('keeps metadata and encodings, and survives a restart with them', async () => {
    const folder = await temporaryFolder();
    const first = await startObjectStore({ folders: [{ bucket: Bucket, folder }] });
    const written = { ContentType: 'application/json', ContentEncoding: 'gzip', CacheControl: 'no-store' };
    const Metadata = { origin: 'test', 'two-words': 'a b' };
    await clientOf(first.url).send(
      new PutObjectCommand({ Bucket, Key: 'k', Body: 'content', Metadata, ...written }),
    );
    await first.close();
    const second = await startStore({ folders: [{ bucket: Bucket, folder }] });
    const head = await second.client.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    expect(head).toMatchObject({ ...written, Metadata, ETag: md5('content'), ContentLength: 7 });
  });

  it('answers for an object from its note, without its content being read', async () => {
    const { client, folder } = await startStore();
    await put(client, 'k', 'content');
    const [note] = await readdir(join(folder, '.object-store/objects'));
    const path = join(folder, '.object-store/objects', note!);
    await writeFile(path, (await readFile(path, 'utf8')).replace(md5('content').slice(1, -1), 'noted'));
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).ETag).toBe('"noted"');
  });

  it('takes a file that was put into the folder for an object', async () => {
    const { client, folder } = await startStore();
    await mkdir(join(folder, 'hand'));
    await writeFile(join(folder, 'hand/made.txt'), 'by hand');
    expect(await getText(client, 'hand/made.txt')).toBe('by hand');
    expect(await listKeys(client)).toEqual(['hand/made.txt']);
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'hand/made.txt' }))).ETag).toBe(
      md5('by hand'),
    );
  });

  it('computes the ETag anew for a file that was changed behind its back', async () => {
    const { client, folder } = await startStore();
    await put(client, 'k', 'before');
    await writeFile(join(folder, 'k'), 'after!');
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).ETag).toBe(md5('after!'));
  });

  it('does without a note that is lost or broken', async () => {
    const { client, folder } = await startStore();
    await put(client, 'k', 'content');
    const [note] = await readdir(join(folder, '.object-store/objects'));
    await writeFile(join(folder, '.object-store/objects', note!), '{"key":');
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).ETag).toBe(md5('content'));
    await rm(join(folder, '.object-store/objects', note!));
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).ETag).toBe(md5('content'));
  });

  it('clears uploads that a crash left', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '.object-store/uploads'), { recursive: true });
    await writeFile(join(folder, '.object-store/uploads/left'), 'half');
    await startStore({ folders: [{ bucket: Bucket, folder }] });
    expect(await readdir(join(folder, '.object-store/uploads'))).toEqual([]);
  });
});
