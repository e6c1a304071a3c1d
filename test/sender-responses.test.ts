import { describe, expect, it } from 'vitest';
import { memoryOutcomes } from './in-memory-fleet.ts';
import { type ChunkRun, FILE, messageOf, run, runAll } from './sender-run.ts';

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
    expect([...responses.objects.keys()]).toEqual(['import-1/000000-0.ndjson.gz']);
    const [receipt] = receipts;
    const requests = receipt?.kind === 'chunk-done' ? receipt.progress.requests.total : 0;
    expect(requests).toBeGreaterThan(5);
    expect(responses.entries()).toHaveLength(requests);
  });

  it('keeps none and tells of none otherwise', async () => {
    const { receipts, responses } = await run({ delivery: { receiveCount: 2 } });
    expect(receipts).toMatchObject([{ kind: 'chunk-done' }]);
    expect(receipts[0]).not.toHaveProperty('responsesUri');
    expect(responses.objects.size).toBe(0);
  });

  it.each<[string, ChunkRun[]]>([
    ['one after the other', [{ sends: 99 }, { sends: 99 }]],
    ['the first of which sends on what is left', [{ sends: 3 }, { restOf: 0, sends: 99 }]],
    [
      'two of which send on what is left',
      [{ sends: 3 }, { sends: 5 }, { restOf: 1, sends: 99 }, { restOf: 0, sends: 99 }],
    ],
    ['one of which comes late', [{ sends: 3 }, { restOf: 0, sends: 99 }, { sends: 5 }]],
  ])('shows the answer for each batch once, whatever runs there are: %s', async (_, runs) => {
    const { store, responses } = memoryOutcomes();
    await runAll(runs, keeping(), store);
    const whole = await run({ message: keeping() });
    const places = (entries: ReturnType<typeof responses.entries>) => entries.map(({ place }) => place);
    expect(places(responses.entries())).toEqual(places(whole.responses.entries()));
  });

  it('shows no answer for a batch that is sent again since one before it failed', async () => {
    const message = keeping();
    const two = {
      ...message,
      recipe: { ...message.recipe, tuning: { ...message.recipe.tuning, requestsInFlight: 2 } },
    };
    const secondIsIn = Promise.withResolvers<void>();
    let sent = 0;
    const first = await run({
      message: two,
      client: {
        before: async () => {
          const number = ++sent;
          if (number === 3) await secondIsIn.promise;
          if (number === 3) throw new Error('unavailable');
          if (number === 4) setTimeout(secondIsIn.resolve);
        },
      },
    });
    const [rest] = first.continuations;
    const { store, responses, kept } = memoryOutcomes();
    for (const [name, body] of first.kept) kept.set(name, body);
    await run({ message: rest!.message, dependencies: { outcomes: store } });
    const places = responses.entries().map(({ place }) => place.offset);
    expect(new Set(places).size).toBe(places.length);
    expect(sent).toBeGreaterThan(3);
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
    const { store, responses } = memoryOutcomes();
    const first = await run({
      message: keeping(),
      client: {
        before: (lines) =>
          lines.join().includes('"n":60') ? Promise.reject(new Error('broken')) : undefined,
      },
      dependencies: { outcomes: store },
    });
    const [rest] = first.continuations;
    expect(rest!.message.range.start).toBeGreaterThan(0);
    const second = await run({
      message: { ...rest!.message, range: { start: FILE.length, end: FILE.length } },
      dependencies: { outcomes: store },
    });
    expect(responses.entries().length).toBeGreaterThan(2);
    expect(second.receipts).toMatchObject([{ kind: 'chunk-done', responsesUri: RESPONSES_URI }]);
  });

  it('fails where they cannot be written', async () => {
    const outcomes = { ...memoryOutcomes().store, keep: () => Promise.reject(new Error('bucket away')) };
    const message = { ...keeping(), range: { start: 0, end: 1 } };
    const { outcome, receipts } = await run({ message, dependencies: { outcomes } });
    expect(outcome).toMatchObject({ error: { message: 'bucket away' } });
    expect(receipts).toEqual([]);
  });
});
