import { describe, expect, it } from 'vitest';
import { memorySource } from '../lib/read/memory.ts';
import { memoryRejects } from './in-memory-fleet.ts';
import { messageOf, run } from './sender-run.ts';

describe('sendChunk: rejects', () => {
  it('replaces what an earlier attempt of the same run has left', async () => {
    const rejects = memoryRejects();
    for (const stale of ['import-1/000000-0-0.ndjson.gz', 'import-1/000000-0-7.ndjson.gz'])
      rejects.objects.set(stale, Buffer.from('stale'));
    rejects.objects.set('import-1/000000-05-0.ndjson.gz', Buffer.from('of another run'));
    await run({ delivery: { receiveCount: 2 }, dependencies: { rejects: rejects.store } });
    expect([...rejects.objects.keys()].toSorted()).toEqual([
      'import-1/000000-0-0.ndjson.gz',
      'import-1/000000-05-0.ndjson.gz',
    ]);
    expect(rejects.objects.get('import-1/000000-0-0.ndjson.gz')!.toString()).not.toBe('stale');
  });

  it('fails where a part cannot be written, so that no rejection is lost', async () => {
    const rejects = { ...memoryRejects().store, put: () => Promise.reject(new Error('bucket away')) };
    const { outcome, receipts, continuations } = await run({ dependencies: { rejects } });
    expect(outcome).toMatchObject({ error: { message: 'bucket away' } });
    expect([receipts, continuations]).toEqual([[], []]);
  });

  it('fails where a part in the middle cannot be written, though the next one could', async () => {
    const bad = `${'x'.repeat(1_000_000)}\n`;
    const file = Buffer.from(bad.repeat(12));
    let puts = 0;
    const rejects = {
      ...memoryRejects().store,
      put: async () => {
        if (++puts === 1) throw new Error('bucket away');
      },
    };
    const { outcome, receipts, continuations } = await run({
      message: { ...messageOf(), range: { start: 0, end: file.length } },
      source: memorySource(file),
      dependencies: { rejects },
    });
    expect(outcome).toMatchObject({ error: { message: 'bucket away' } });
    expect([receipts, continuations]).toEqual([[], []]);
  });
});
