import type { ListObjectsV2CommandInput, S3Client } from '@aws-sdk/client-s3';
import { ListObjectsV2Command, PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';

import { refusal, startStore } from './store-fixture.ts';

const keys = ['a b+.json', 'r/1', 'r/2', 'r/s/3', 'z&<é>'];

async function startFilled() {
  const { client, store } = await startStore();
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: 'work', Key, Body: 'four' }));
  return { client, store };
}

const list = (client: S3Client, input: Partial<ListObjectsV2CommandInput> = {}) =>
  client.send(new ListObjectsV2Command({ Bucket: 'work', ...input }));

describe('ListObjectsV2', () => {
  it('lists keys in order with size, ETag and time', async () => {
    const { client } = await startFilled();
    const listing = await list(client);
    expect(listing).toMatchObject({
      Name: 'work',
      Prefix: '',
      MaxKeys: 1000,
      KeyCount: 5,
      IsTruncated: false,
    });
    expect(listing.Contents?.map(({ Key }) => Key)).toEqual(keys);
    expect(listing.Contents?.[0]).toMatchObject({ Size: 4, ETag: '"8cbad96aced40b3838dd9f07f6ef5772"' });
    expect(listing.Contents?.[0]?.LastModified).toBeInstanceOf(Date);
  });

  it('narrows by prefix, inside a name too, and rolls up by delimiter', async () => {
    const { client } = await startFilled();
    expect((await list(client, { Prefix: 'r/s' })).Contents).toMatchObject([{ Key: 'r/s/3' }]);
    expect((await list(client, { Prefix: 'none/at/all' })).KeyCount).toBe(0);
    expect(await list(client, { Prefix: 'r/', Delimiter: '/' })).toMatchObject({
      Contents: [{ Key: 'r/1' }, { Key: 'r/2' }],
      CommonPrefixes: [{ Prefix: 'r/s/' }],
      KeyCount: 3,
    });
  });

  it.each([1, 2, 3])('pages by continuation token, %i entries at a time', async (MaxKeys) => {
    const { client } = await startFilled();
    const seen: unknown[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket: 'work', MaxKeys, Delimiter: '/' })) {
      if (seen.length > keys.length) throw new Error('The listing goes round.');
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
      seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
    }
    expect(seen.toSorted()).toEqual(['a b+.json', 'r/', 'z&<é>']);
  });

  it('starts after a key', async () => {
    const { client } = await startFilled();
    expect(await list(client, { StartAfter: 'r/2' })).toMatchObject({
      StartAfter: 'r/2',
      Contents: [{ Key: 'r/s/3' }, { Key: 'z&<é>' }],
    });
  });

  it('encodes keys when asked to, a space as plus', async () => {
    const { client } = await startFilled();
    const listing = await list(client, { EncodingType: 'url' });
    expect(listing.Contents?.map(({ Key }) => Key)).toEqual([
      'a+b%2B.json',
      'r/1',
      'r/2',
      'r/s/3',
      'z%26%3C%C3%A9%3E',
    ]);
  });

  it('takes at most 1,000 and refuses what is no number', async () => {
    const { client } = await startFilled();
    expect((await list(client, { MaxKeys: 5000 })).MaxKeys).toBe(1000);
    expect(await refusal(list(client, { MaxKeys: -1 }))).toMatchObject({
      name: 'InvalidArgument',
      status: 400,
    });
    expect(await refusal(list(client, { ContinuationToken: 'made-up' }))).toMatchObject({
      name: 'InvalidArgument',
    });
  });
});
