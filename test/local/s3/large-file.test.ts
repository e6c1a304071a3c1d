import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';

import { clientOf, refusal, startStore, temporaryFolder } from './store-fixture.ts';

const MiB = 1024 * 1024;
const largeBytes = 5 * 1024 * MiB;
const object = { Bucket: 'inbox', Key: 'large' };

async function largeFile(): Promise<string> {
  const path = join(await temporaryFolder(), 'large');
  await writeFile(path, '');
  await truncate(path, largeBytes - 3);
  await using file = await open(path, 'a');
  await file.write('end');
  return path;
}

async function bodyOf(client: S3Client, Range?: string): Promise<Readable> {
  const got = await client.send(new GetObjectCommand({ ...object, ...(Range && { Range }) }));
  return got.Body as Readable;
}

/** Reads so many bytes, pausing now and then, and breaks off. */
async function readSlowly(body: Readable, bytes: number): Promise<number> {
  let seenBytes = 0;
  let pauseAtBytes = 0;
  for await (const chunk of body) {
    seenBytes += chunk.length;
    if (seenBytes >= bytes) break;
    if (seenBytes < pauseAtBytes) continue;
    pauseAtBytes = seenBytes + 8 * MiB;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return seenBytes;
}

async function startProcess(path: string): Promise<{ child: ChildProcess; client: S3Client }> {
  const child = fork(join(import.meta.dirname, 'store-process.ts'), [path], {
    execArgv: ['--max-old-space-size=64'],
  });
  onTestFinished(() => void child.kill());
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { child, client: clientOf(url) };
}

describe('a file of 5 GiB', () => {
  it('is read by range, at its end too', async () => {
    const { store, client } = await startStore();
    store.serveFile({ bucket: object.Bucket, key: object.Key, path: await largeFile() });
    expect((await client.send(new HeadObjectCommand(object))).ContentLength).toBe(largeBytes);
    const got = await client.send(new GetObjectCommand({ ...object, Range: 'bytes=-5' }));
    expect(await got.Body?.transformToString()).toBe('\0\0end');
    expect(got.ContentRange).toBe(`bytes ${largeBytes - 5}-${largeBytes - 1}/${largeBytes}`);
  });

  it('streams at the pace of slow readers in bounded memory', async () => {
    const { child, client } = await startProcess(await largeFile());
    const readers = [0, 1].map(async () => readSlowly(await bodyOf(client), 200 * MiB));
    for (const seenBytes of await Promise.all(readers)) expect(seenBytes).toBeGreaterThanOrEqual(200 * MiB);
    child.send('report');
    const [peaks] = (await once(child, 'message')) as [
      { buffersBytesPeak: number; residentBytesPeak: number },
    ];
    expect(peaks.buffersBytesPeak).toBeLessThan(64 * MiB);
    expect(peaks.residentBytesPeak).toBeLessThan(300 * MiB);
  });

  it.runIf(process.platform === 'linux')(
    'is closed when its reader breaks off, and when the store does',
    async () => {
      const { store, client } = await startStore();
      const path = await largeFile();
      store.serveFile({ bucket: object.Bucket, key: object.Key, path });
      const bodies = await Promise.all([bodyOf(client), bodyOf(client), bodyOf(client, 'bytes=100-')]);
      expect(await openCount(path)).toBe(3);
      for (const body of bodies.slice(1)) body.destroy();
      await expect.poll(() => openCount(path)).toBe(1);
      bodies[0]?.on('error', () => {});
      await store.close();
      expect(await openCount(path)).toBe(0);
    },
  );

  it.runIf(process.platform === 'linux')('is closed after every kind of answer', async () => {
    const { store, client } = await startStore();
    const path = await largeFile();
    store.serveFile({ bucket: object.Bucket, key: object.Key, path });
    const { ETag } = await client.send(new HeadObjectCommand(object));
    for await (const _ of await bodyOf(client, 'bytes=0-3000000'));
    await client.send(new ListObjectsV2Command({ Bucket: object.Bucket }));
    const refused = [{ IfMatch: '"other"' }, { IfNoneMatch: ETag }, { Range: `bytes=${largeBytes}-` }];
    const statuses = refused.map(
      async (input) => (await refusal(client.send(new GetObjectCommand({ ...object, ...input })))).status,
    );
    expect(await Promise.all(statuses)).toEqual([412, 304, 416]);
    await expect.poll(() => openCount(path)).toBe(0);
  });

  it('breaks off when the file becomes shorter or changes while it is read', async () => {
    const { store, client } = await startStore();
    const path = join(await temporaryFolder(), 'changing');
    await writeFile(path, Buffer.alloc(40 * MiB));
    store.serveFile({ bucket: object.Bucket, key: object.Key, path });
    const shortened = await bodyOf(client);
    await truncate(path, 1 * MiB);
    await expect(readSlowly(shortened, Number.POSITIVE_INFINITY)).rejects.toThrow();
    await truncate(path, 40 * MiB);
    const changed = await bodyOf(client);
    await using file = await open(path, 'r+');
    await file.write('changed');
    await expect(readSlowly(changed, Number.POSITIVE_INFINITY)).rejects.toThrow();
  });
});

async function openCount(path: string): Promise<number> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = descriptors.map((descriptor) => readlink(`/proc/self/fd/${descriptor}`).catch(() => ''));
  return (await Promise.all(targets)).filter((target) => target === path).length;
}
