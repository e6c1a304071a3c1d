import { describe, expect, it } from 'vitest';
import type { BatchNote } from '../lib/pipeline.ts';
import { memorySource } from '../lib/read/memory.ts';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { messageOf, startChunk } from './pipeline-run.ts';
import { mixedFile } from './records.ts';

/** 200 good events. */
const FILE = Buffer.from(
  mixedFile(400)
    .toString()
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .slice(0, 200)
    .join('\n'),
);

/** Runs 200 events in batches of ten, and tells what its memory and its log were asked for. */
const runWith = async (tuning: NonNullable<RecipeInput['tuning']>, usedMB: () => number = () => 100) => {
  const seen = { collections: 0, notes: [] as BatchNote[] };
  const { result, responses } = startChunk({
    message: messageOf(FILE, tuning),
    source: memorySource(FILE, 500),
    memory: {
      peakMB: () => 100,
      usedMB,
      collect: () => {
        seen.collections += 1;
      },
    },
    onBatch: (note) => seen.notes.push(note),
  });
  expect((await result).progress.records.imported).toBe(200);
  return { ...seen, responses };
};

describe('importChunk: knobs', () => {
  it('collects garbage after each batch with aggressiveGC, and never without', async () => {
    expect((await runWith({ aggressiveGC: true })).collections).toBe(20);
    expect((await runWith({})).collections).toBe(0);
  });

  it('pauses reading while memory is short with throttleMemory, and never without', async () => {
    const short = () => {
      let calls = 0;
      return () => (calls++ < 3 ? 480 : 200);
    };
    expect((await runWith({ throttleMemory: true }, short())).collections).toBeGreaterThan(0);
    expect((await runWith({}, short())).collections).toBe(0);
  });

  it('notes each batch with verbose, and none without', async () => {
    const { notes } = await runWith({ verbose: true });
    expect(notes).toHaveLength(20);
    expect(notes[0]).toMatchObject({ imported: 10, rejected: 0, requests: { total: 1 } });
    expect(notes.at(-1)!.nextOffset).toBe(FILE.length);
    expect((await runWith({})).notes).toEqual([]);
  });

  it('gives every answer away without abridged, with the place of its batch, and none with it', async () => {
    const { responses } = await runWith({ abridged: false });
    expect(responses).toHaveLength(20);
    expect(responses[0]).toMatchObject({ chunk: 0, offset: 0, records: 10, attempt: 1, status: 200 });
    const firstTen = FILE.toString().split('\n').slice(0, 10);
    expect(responses[1]!.offset).toBe(Buffer.byteLength(`${firstTen.join('\n')}\n`));
    expect((await runWith({ abridged: true })).responses).toEqual([]);
    expect((await runWith({})).responses).toEqual([]);
  });

  it('reads at most highWater records ahead of a sender that is stuck', async () => {
    const readAheadOf = async (highWater: number): Promise<number> => {
      const source = memorySource(FILE, 500);
      let readBytes = 0;
      const counting = {
        ...source,
        async *read(range: Parameters<typeof source.read>[0]) {
          for await (const piece of source.read(range)) {
            readBytes += piece.length;
            yield piece;
          }
        },
      };
      const stuck = Promise.withResolvers<never>();
      const { result } = startChunk({
        message: messageOf(FILE, { highWater, requestsInFlight: 1 }),
        source: counting,
        client: { send: () => stuck.promise },
      });
      for (let i = 0; i < 500; i++) await new Promise(setImmediate);
      stuck.reject(new Error('enough'));
      await result;
      return readBytes;
    };
    const few = await readAheadOf(16);
    const many = await readAheadOf(100);
    expect(many).toBeGreaterThan(few * 2);
    expect(few).toBeLessThan(FILE.length / 2);
  });
});
