import { describe, expect, it } from 'vitest';
import { s3Source } from '../lib/read/s3.ts';
import { createStage } from '../lib/work-bucket.ts';
import { startStore } from './local/s3/store-fixture.ts';

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
