import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { startProgress } from '../lib/plan/progress.ts';
import { createRejectsStore } from '../lib/rejects-bucket.ts';
import { startStore } from './local/s3/store-fixture.ts';

const CHUNK = 'import-1/000003-';

const settledKeys = async (client: S3Client): Promise<string[]> => {
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: 'work', Prefix: 'rejects/' }),
  );
  return Contents.map(({ Key }) => Key!);
};

/** A chunk whose sender had kept these parts when it came to the end. */
const outcomeOf = (read: number, parts: string[]) => ({
  progress: { ...startProgress(0), records: { read, imported: 0, rejected: read, filtered: 0 } },
  parts,
});

const start = async () => {
  const { client } = await startStore();
  return { client, rejects: createRejectsStore(client, 'work') };
};

describe('createRejectsStore', () => {
  it('keeps parts aside until their chunk is settled, and says where they are then', async () => {
    const { client, rejects } = await start();
    const parts = [await rejects.keep(CHUNK, Buffer.from('a')), await rejects.keep(CHUNK, Buffer.from('b'))];
    expect(await settledKeys(client)).toEqual([]);
    const outcome = outcomeOf(2, parts);
    expect(await rejects.settle(CHUNK, outcome)).toEqual(outcome);
    expect(rejects.uri('import-1')).toBe('s3://work/rejects/import-1/');
    expect(await settledKeys(client)).toEqual([
      'rejects/import-1/000003-0.ndjson.gz',
      'rejects/import-1/000003-1.ndjson.gz',
    ]);
  });

  it('keeps a part once that comes twice', async () => {
    const { rejects } = await start();
    expect(await rejects.keep(CHUNK, Buffer.from('a'))).toBe(await rejects.keep(CHUNK, Buffer.from('a')));
    expect(await rejects.keep(CHUNK, Buffer.from('b'))).not.toBe(await rejects.keep(CHUNK, Buffer.from('a')));
  });

  it('lets the first sender decide that comes to the end of a chunk', async () => {
    const { client, rejects } = await start();
    const first = outcomeOf(3, [await rejects.keep(CHUNK, Buffer.from('abc'))]);
    const second = outcomeOf(2, [
      await rejects.keep(CHUNK, Buffer.from('a')),
      await rejects.keep(CHUNK, Buffer.from('b')),
    ]);
    await rejects.settle(CHUNK, first);
    expect(await rejects.settle(CHUNK, second)).toEqual(first);
    expect(await settledKeys(client)).toEqual(['rejects/import-1/000003-0.ndjson.gz']);
  });

  it('settles a chunk that a sender was killed in the middle of settling', async () => {
    const { client, rejects } = await start();
    const outcome = outcomeOf(1, [await rejects.keep(CHUNK, Buffer.from('a'))]);
    await client.send(
      new PutObjectCommand({
        Bucket: 'work',
        Key: `attempts/${CHUNK}done.json`,
        Body: JSON.stringify(outcome),
      }),
    );
    await rejects.settle(CHUNK, outcome);
    expect(await settledKeys(client)).toEqual(['rejects/import-1/000003-0.ndjson.gz']);
  });
});
