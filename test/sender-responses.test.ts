import { describe, expect, it } from 'vitest';
import { memoryParts } from './in-memory-fleet.ts';
import { FILE, messageOf, type ResponseLine, run } from './sender-run.ts';

const keeping = () => {
  const message = messageOf();
  const tuning = { ...message.recipe.tuning, abridged: false };
  return { ...message, recipe: { ...message.recipe, tuning } };
};
const RESPONSES_URI = 's3://work/responses/import-1/';

describe('sendChunk: responses', () => {
  it('keeps every answer and says where, if the recipe is not abridged', async () => {
    const { receipts, responses } = await run({ message: keeping() });
    expect(receipts).toMatchObject([{ kind: 'chunk-done', responsesUri: RESPONSES_URI }]);
    expect([...responses.objects.keys()]).toEqual(['import-1/000000-0-0.ndjson.gz']);
    const [receipt] = receipts;
    const requests = receipt?.kind === 'chunk-done' ? receipt.progress.requests.total : 0;
    expect(requests).toBeGreaterThan(5);
    expect(responses.entries()).toHaveLength(requests);
  });

  it('keeps none, asks for none and tells of none otherwise', async () => {
    const responses = {
      uri: () => '',
      put: () => Promise.reject(new Error('put')),
      clear: () => Promise.reject(new Error('clear')),
    };
    const { outcome, receipts } = await run({ delivery: { receiveCount: 2 }, dependencies: { responses } });
    expect(outcome).toHaveProperty('result');
    expect(receipts[0]).not.toHaveProperty('responsesUri');
  });

  it('replaces those of an earlier attempt of the same run', async () => {
    const responses = memoryParts<ResponseLine>('responses');
    for (const stale of ['import-1/000000-0-0.ndjson.gz', 'import-1/000000-0-7.ndjson.gz'])
      responses.objects.set(stale, Buffer.from('stale'));
    responses.objects.set('import-1/000000-05-0.ndjson.gz', Buffer.from('of another run'));
    await run({
      message: keeping(),
      delivery: { receiveCount: 2 },
      dependencies: { responses: responses.store },
    });
    expect([...responses.objects.keys()].toSorted()).toEqual([
      'import-1/000000-0-0.ndjson.gz',
      'import-1/000000-05-0.ndjson.gz',
    ]);
    expect(responses.objects.get('import-1/000000-0-0.ndjson.gz')!.toString()).not.toBe('stale');
  });

  it('tells of those that came before a chunk was given up', async () => {
    const answer = { atMs: 0, status: 503, bodyText: 'busy', truncated: false, records: 10, attempt: 1 };
    const { receipts, responses } = await run({
      message: keeping(),
      client: {
        before: async (_lines, _signal, watch) => {
          await watch?.onAnswer?.(answer);
          throw new Error('gave up');
        },
      },
      delivery: { receiveCount: 5 },
    });
    expect(receipts).toMatchObject([{ kind: 'chunk-failed', responsesUri: RESPONSES_URI }]);
    expect(responses.entries()).toMatchObject([
      { status: 503, body: 'busy', place: { offset: 0, chunk: 0 } },
    ]);
  });

  it('tells of none where a chunk was given up before any came', async () => {
    const { receipts } = await run({
      message: keeping(),
      client: { before: () => Promise.reject(new Error('gave up')) },
      delivery: { receiveCount: 5 },
    });
    expect(receipts).toHaveLength(1);
    expect(receipts[0]).not.toHaveProperty('responsesUri');
  });

  it('tells of those of earlier senders of the same chunk', async () => {
    const first = await run({
      message: keeping(),
      client: {
        before: (lines) =>
          lines.join().includes('"n":60') ? Promise.reject(new Error('broken')) : undefined,
      },
    });
    const [rest] = first.continuations;
    expect(rest!.message.range.start).toBeGreaterThan(0);
    const second = await run({
      message: { ...rest!.message, range: { start: FILE.length, end: FILE.length } },
    });
    expect(second.responses.objects.size).toBe(0);
    expect(second.receipts).toMatchObject([{ kind: 'chunk-done', responsesUri: RESPONSES_URI }]);
  });

  it('fails where they cannot be written', async () => {
    const responses = {
      ...memoryParts('responses').store,
      put: () => Promise.reject(new Error('bucket away')),
    };
    const { outcome, receipts } = await run({ message: keeping(), dependencies: { responses } });
    expect(outcome).toMatchObject({ error: { message: 'bucket away' } });
    expect(receipts).toEqual([]);
  });
});
