import type { S3Client } from '@aws-sdk/client-s3';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';

import { refusal, startStore } from './store-fixture.ts';

const object = { Bucket: 'work', Key: 'reports/one.json' };
const put = (client: S3Client, Body: string, condition: { IfMatch?: string; IfNoneMatch?: string } = {}) =>
  client.send(new PutObjectCommand({ ...object, Body, ...condition }));

describe('a conditional PUT', () => {
  it('creates with If-None-Match: * only where nothing is', async () => {
    const { client } = await startStore();
    await put(client, 'first', { IfNoneMatch: '*' });
    const refused = await refusal(put(client, 'second', { IfNoneMatch: '*' }));
    expect(refused).toMatchObject({ name: 'PreconditionFailed', status: 412 });
    expect(await (await client.send(new GetObjectCommand(object))).Body?.transformToString()).toBe('first');
  });

  it('replaces with If-Match only what is unchanged', async () => {
    const { client } = await startStore();
    const { ETag: IfMatch } = await put(client, 'first');
    await put(client, 'second', { IfMatch: IfMatch! });
    const refused = await refusal(put(client, 'third', { IfMatch: IfMatch! }));
    expect(refused).toMatchObject({ name: 'PreconditionFailed', status: 412 });
  });

  it('does not create with If-Match', async () => {
    const { client } = await startStore();
    expect(await refusal(put(client, 'x', { IfMatch: '"any"' }))).toMatchObject({
      name: 'NoSuchKey',
      status: 404,
    });
  });

  it('refuses forms S3 does not have', async () => {
    const { client } = await startStore();
    const refused = await refusal(put(client, 'x', { IfNoneMatch: '"any"' }));
    expect(refused).toMatchObject({ name: 'NotImplemented', status: 501 });
  });

  it('lets one of many writers create', async () => {
    const { client } = await startStore();
    const writers = Array.from({ length: 20 }, (_, index) => put(client, `${index}`, { IfNoneMatch: '*' }));
    const results = await Promise.allSettled(writers);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('makes compare-and-swap lose no update under concurrency', async () => {
    const { client } = await startStore();
    await put(client, '0');
    const increments = Array.from({ length: 5 }, async () => {
      for (let count = 0; count < 4; count += 1) await increment(client);
    });
    await Promise.all(increments);
    expect(await (await client.send(new GetObjectCommand(object))).Body?.transformToString()).toBe('20');
  });
});

/** Reads, adds one, writes if unchanged; from the start when another was faster. */
async function increment(client: S3Client): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const got = await client.send(new GetObjectCommand(object));
    const next = Number(await got.Body?.transformToString()) + 1;
    const outcome = await put(client, String(next), { IfMatch: got.ETag! }).catch((error: unknown) => error);
    if (!(outcome instanceof Error)) return;
    if (outcome.name !== 'PreconditionFailed') throw outcome;
  }
  throw new Error('1,000 attempts were not enough');
}

describe('a conditional delete', () => {
  it('deletes what is unchanged and nothing else', async () => {
    const { client } = await startStore();
    const { ETag: old } = await put(client, 'first');
    const { ETag: current } = await put(client, 'second');
    const refused = await refusal(client.send(new DeleteObjectCommand({ ...object, IfMatch: old })));
    expect(refused).toMatchObject({ name: 'PreconditionFailed', status: 412 });
    await client.send(new DeleteObjectCommand({ ...object, IfMatch: current }));
    expect(await refusal(client.send(new HeadObjectCommand(object)))).toMatchObject({ status: 404 });
  });

  it('succeeds without a condition where nothing is', async () => {
    const { client } = await startStore();
    const { $metadata } = await client.send(new DeleteObjectCommand(object));
    expect($metadata.httpStatusCode).toBe(204);
  });

  it('reports each of many objects', async () => {
    const { client } = await startStore();
    await put(client, 'content');
    const Objects = [{ Key: object.Key, ETag: '"other"' }, { Key: `<none> & "é"` }];
    const answer = await client.send(new DeleteObjectsCommand({ Bucket: 'work', Delete: { Objects } }));
    expect(answer.Errors).toMatchObject([{ Key: object.Key, Code: 'PreconditionFailed' }]);
    expect(answer.Deleted).toMatchObject([{ Key: `<none> & "é"` }]);
    const quiet = { Objects: [{ Key: object.Key }], Quiet: true };
    const second = await client.send(new DeleteObjectsCommand({ Bucket: 'work', Delete: quiet }));
    expect([second.Deleted, second.Errors]).toEqual([undefined, undefined]);
    expect(await refusal(client.send(new HeadObjectCommand(object)))).toMatchObject({ status: 404 });
  });
});
