import { gzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { s3Source } from '../lib/read/s3.ts';
import { createResponsesStore, createStage } from '../lib/work-bucket.ts';
import { startStore } from './local/s3/store-fixture.ts';

const keysOf = async (client: S3Client): Promise<(string | undefined)[]> => {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'work' }));
  return Contents.map(({ Key }) => Key);
};

describe('createStage', () => {
  it('stores a chunk so that a sender can read it, the same again under the same name', async () => {
    const { client } = await startStore();
    const stage = createStage(client, 'work');
    const first = await stage('import-1/000000.jsonl', Buffer.from('{}\n'));
    const second = await stage('import-1/000000.jsonl', Buffer.from('{}\n'));
    expect(second).toEqual(first);
    expect(first).toMatchObject({ bucket: 'work', key: 'staged/import-1/000000.jsonl', sizeBytes: 3 });
    const pieces: Uint8Array[] = [];
    for await (const piece of s3Source(client, first).read({ start: 0, end: 3 })) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('{}\n');
  });
});

describe('createResponsesStore', () => {
  it('stores parts beside each other, and says where', async () => {
    const { client } = await startStore();
    const responses = createResponsesStore(client, 'work');
    expect(responses.uri('import-1')).toBe('s3://work/responses/import-1/');
    await responses.put('import-1/000000-0-0.ndjson.gz', gzipSync('{}\n'));
    const stored = await client.send(
      new GetObjectCommand({ Bucket: 'work', Key: 'responses/import-1/000000-0-0.ndjson.gz' }),
    );
    expect(stored.ContentType).toBe('application/gzip');
  });

  it('clears the parts of one run only', async () => {
    const { client } = await startStore();
    const responses = createResponsesStore(client, 'work');
    const names = ['000000-0-0', '000000-0-1', '000000-01-0', '000001-0-0'];
    for (const name of names) await responses.put(`import-1/${name}.ndjson.gz`, Buffer.from('x'));
    await responses.clear('import-1/000000-0-');
    expect(await keysOf(client)).toEqual([
      'responses/import-1/000000-01-0.ndjson.gz',
      'responses/import-1/000001-0-0.ndjson.gz',
    ]);
    await responses.clear('import-2/');
    expect((await keysOf(client)).length).toBe(2);
  });
});
