import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RejectEntry } from '../lib/ledger/rejects.ts';
import type { ChunkMessage } from '../lib/plan/chunk.ts';
import { memorySource } from '../lib/read/memory.ts';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { chunkMessage } from './chunk-message.ts';
import { fakeClient } from './fake-client.ts';
import { messageOf, startChunk } from './pipeline-run.ts';
import { givenAway } from './read/given-away.ts';
import { mixedFile, numberOf } from './records.ts';

const isTakenBack = ({ buffer }: Uint8Array): boolean => (buffer as ArrayBuffer).detached;

/** As the writer of rejects does, which keeps text and no bytes. */
const keptIn = (rejects: string[]) => ({
  add: async ({ raw, offset, message }: RejectEntry) => void rejects.push(`${offset} ${raw} ${message}`),
});

const TOO_LONG = Buffer.from(`${'x'.repeat(2_000)}\n`);

const RECIPES: readonly RecipeInput[] = [
  {},
  { format: 'jsonl', validate: 'off' },
  { fields: { distinct_id: { column: 'pad', keep: true } } },
];

describe('importChunk: memory of what was read', () => {
  it('is taken back only when nobody needs it: the same is sent and rejected as without', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(...RECIPES),
        async (pieceBytes, count, requestsInFlight, recipe) => {
          const file = Buffer.concat([mixedFile(count), TOO_LONG, mixedFile(count)]);
          const tuning = { compress: false, recordsPerBatch: 7, requestsInFlight, recordBytesMax: 1_024 };
          const message = chunkMessage(file.length, { recipe: { ...recipe, tuning } });
          const run = async (source: ReturnType<typeof memorySource>) => {
            const client = fakeClient({
              refuse: (line) => (/"n":\d*4\b/.test(line) ? 'refused' : undefined),
            });
            const rejects: string[] = [];
            const { result } = startChunk({ message, source, client, rejects: keptIn(rejects) });
            const { nextOffset, progress } = await result;
            return { received: client.received, rejects, nextOffset, records: progress.records };
          };
          const expected = await run(memorySource(file, pieceBytes));
          expect(await run(givenAway(memorySource(file, pieceBytes)))).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is taken back batch by batch, and at the end all of it is', async () => {
    const file = mixedFile(2_000);
    const pieces: Uint8Array[] = [];
    let mostHeld = 0;
    const client = fakeClient({
      before: async () => {
        mostHeld = Math.max(mostHeld, pieces.filter((piece) => !isTakenBack(piece)).length);
      },
    });
    const source = givenAway(memorySource(file, 1_000), pieces);
    const message = messageOf(file, { highWater: 16, requestsInFlight: 2 });
    await startChunk({ message, source, client }).result;
    expect(pieces.length).toBeGreaterThan(150);
    expect(mostHeld).toBeLessThan(20);
    expect(pieces.filter((piece) => !isTakenBack(piece))).toEqual([]);
  });

  it('is left alone where a batch is not imported, for its records are sent again', async () => {
    const file = mixedFile(200);
    const pieces: Uint8Array[] = [];
    const client = fakeClient({
      before: async (lines) => {
        if (lines.map(numberOf).includes(100)) throw new Error('no answer');
      },
    });
    const source = givenAway(memorySource(file, 500), pieces);
    const { nextOffset } = await startChunk({ message: messageOf(file), source, client }).result;
    expect(nextOffset).toBeGreaterThan(1_000);
    const ends = pieces.map((_, index) => (index + 1) * 500);
    for (const [index, piece] of pieces.entries())
      expect(isTakenBack(piece)).toBe(ends[index]! <= nextOffset);
  });

  it('is left alone where places may be others than bytes', async () => {
    const file = Buffer.from(JSON.stringify([{ event: 'e', time: 1, distinct_id: 'u' }]));
    const pieces: Uint8Array[] = [];
    const { source, ...message } = messageOf(file);
    const json: ChunkMessage = { ...message, source: { ...source, format: 'json' }, borders: 'records' };
    const { client, result } = startChunk({
      message: json,
      source: givenAway(memorySource(file, 5), pieces),
    });
    await result;
    expect(client.received.flat()).toHaveLength(1);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.filter(isTakenBack)).toEqual([]);
  });
});
