import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createOutcomeStore } from '../lib/outcome-bucket.ts';
import { startProgress } from '../lib/plan/progress.ts';
import { startStore } from './local/s3/store-fixture.ts';

const CHUNK = 'import-1/000003-';

const settledKeys = async (client: S3Client, Prefix = 'rejects/'): Promise<string[]> => {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'work', Prefix }));
  return Contents.map(({ Key }) => Key!);
};

/** A chunk whose sender had kept these parts when it came to the end. */
const outcomeOf = (read: number, parts: string[]) => ({
  progress: { ...startProgress(0), records: { read, imported: 0, rejected: read, filtered: 0 } },
  parts,
  responseParts: [],
});

const start = async () => {
  const { client } = await startStore();
  return { client, outcomes: createOutcomeStore(client, 'work') };
};

describe('createOutcomeStore', () => {
  it('keeps parts aside until their chunk is settled, and says where they are then', async () => {
    const { client, outcomes } = await start();
    const parts = [
      await outcomes.keep(CHUNK, Buffer.from('a')),
      await outcomes.keep(CHUNK, Buffer.from('b')),
    ];
    expect(await settledKeys(client)).toEqual([]);
    const outcome = outcomeOf(2, parts);
    expect(await outcomes.settle(CHUNK, outcome)).toEqual(outcome);
    expect(outcomes.rejectsUri('import-1')).toBe('s3://work/rejects/import-1/');
    expect(await settledKeys(client)).toEqual([
      'rejects/import-1/000003-0.ndjson.gz',
      'rejects/import-1/000003-1.ndjson.gz',
    ]);
  });

  it('keeps a part once that comes twice', async () => {
    const { outcomes } = await start();
    expect(await outcomes.keep(CHUNK, Buffer.from('a'))).toBe(await outcomes.keep(CHUNK, Buffer.from('a')));
    expect(await outcomes.keep(CHUNK, Buffer.from('b'))).not.toBe(
      await outcomes.keep(CHUNK, Buffer.from('a')),
    );
  });

  it('lets the first sender decide that comes to the end of a chunk', async () => {
    const { client, outcomes } = await start();
    const first = outcomeOf(3, [await outcomes.keep(CHUNK, Buffer.from('abc'))]);
    const second = outcomeOf(2, [
      await outcomes.keep(CHUNK, Buffer.from('a')),
      await outcomes.keep(CHUNK, Buffer.from('b')),
    ]);
    await outcomes.settle(CHUNK, first);
    expect(await outcomes.settle(CHUNK, second)).toEqual(first);
    expect(await settledKeys(client)).toEqual(['rejects/import-1/000003-0.ndjson.gz']);
  });

  it('settles a chunk that a sender was killed in the middle of settling', async () => {
    const { client, outcomes } = await start();
    const outcome = outcomeOf(1, [await outcomes.keep(CHUNK, Buffer.from('a'))]);
    await client.send(
      new PutObjectCommand({
        Bucket: 'work',
        Key: `attempts/${CHUNK}done.json`,
        Body: JSON.stringify(outcome),
      }),
    );
    await outcomes.settle(CHUNK, outcome);
    expect(await settledKeys(client)).toEqual(['rejects/import-1/000003-0.ndjson.gz']);
  });

  it('shows the answers of a chunk that is given up, until it is settled', async () => {
    const { client, outcomes } = await start();
    const [a, b] = [
      await outcomes.keep(CHUNK, Buffer.from('a')),
      await outcomes.keep(CHUNK, Buffer.from('b')),
    ];
    const other = 'import-1/000004-';
    await outcomes.giveUp(other, [await outcomes.keep(other, Buffer.from('c'))]);
    await outcomes.giveUp(CHUNK, [a, b]);
    await outcomes.giveUp(CHUNK, [a]);
    expect(outcomes.responsesUri('import-1')).toBe('s3://work/responses/import-1/');
    expect(await settledKeys(client, 'responses/')).toEqual([
      'responses/import-1/000003-given-up-0.ndjson.gz',
      'responses/import-1/000004-given-up-0.ndjson.gz',
    ]);
    await outcomes.settle(CHUNK, { ...outcomeOf(1, []), responseParts: [a, b] });
    await outcomes.giveUp(CHUNK, [a]);
    expect(await settledKeys(client, 'responses/')).toEqual([
      'responses/import-1/000003-0.ndjson.gz',
      'responses/import-1/000003-1.ndjson.gz',
      'responses/import-1/000004-given-up-0.ndjson.gz',
    ]);
  });
});
