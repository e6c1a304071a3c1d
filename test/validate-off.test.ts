import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memorySource } from '../lib/read/memory.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import type { ImportClient } from '../lib/send/client.ts';
import { createImportClient } from '../lib/send/client.ts';
import { type MixpanelSimulator, startMixpanelSimulator } from '../local/mixpanel/server.ts';
import { chunkMessage } from './chunk-message.ts';
import { startChunk } from './pipeline-run.ts';

const TOKEN = 'validate-off';

let simulator: MixpanelSimulator;
let client: ImportClient;

beforeEach(async () => {
  simulator = await startMixpanelSimulator({ credentials: { token: TOKEN } });
  client = createImportClient({
    destination: { region: 'us', endpoint: simulator.url },
    credentials: { kind: 'token', token: TOKEN },
  });
});

afterEach(async () => {
  await client.close();
  await simulator.close();
});

const eventOf = (n: number): string =>
  JSON.stringify({
    event: 'E',
    properties: { n, time: 1_700_000_000 + n, distinct_id: `u${n}`, $insert_id: `id-number-${n}` },
  });

/** Good events, and among them one of each kind that is none. */
const lineOf = (n: number): string => {
  if (n === 50) return '{"event":"E","properties":{]}}';
  if (n === 120) return eventOf(n).replace('time', 'tim');
  if (n === 180) return 'no object';
  if (n === 220) return '';
  if (n === 260) return `${eventOf(n)}\r`;
  return eventOf(n);
};

const importLines = async (pieceBytes: number) => {
  const file = Buffer.from(Array.from({ length: 300 }, (_, n) => `${lineOf(n)}\n`).join(''));
  const recipe = { format: 'jsonl', validate: 'off', tuning: { recordsPerBatch: 100 } } as const;
  const { result, rejects } = startChunk({
    message: chunkMessage(file.length, { recipe }),
    source: memorySource(file, pieceBytes),
    client,
  });
  return { file, rejects, ...(await result) };
};

describe('with validate off', () => {
  it.each([100, 100_000])(
    'every record is accounted for, whoever finds it bad (pieces of %i bytes)',
    async (pieceBytes) => {
      const { file, rejects, progress, error } = await importLines(pieceBytes);
      expect(error).toBeUndefined();
      expect(progress.records).toEqual({ read: 299, imported: 296, rejected: 3, filtered: 0 });
      const numbers = simulator.events().map(({ properties }) => Number(properties.n));
      const bad = [50, 120, 180, 220];
      expect(numbers.toSorted((a, b) => a - b)).toEqual(
        [...Array(300).keys()].filter((n) => !bad.includes(n)),
      );
      expect(rejects.map(({ raw }) => raw.toString()).toSorted()).toEqual(
        [50, 120, 180].map(lineOf).toSorted(),
      );
      for (const { offset, raw } of rejects) expect(file.subarray(offset, offset + raw.length)).toEqual(raw);
      expect(rejects.map(({ reason }) => reason).toSorted()).toEqual([
        'API_REJECTED',
        'API_REJECTED',
        'INVALID_JSON',
      ]);
    },
  );
});

describe('a recipe with validate off', () => {
  it('is for JSON lines that are sent as they are', () => {
    expect(parseRecipe({ format: 'jsonl', validate: 'off' })).toMatchObject({ validate: 'off' });
    expect(() => parseRecipe({ validate: 'off' })).toThrow('needs format jsonl, but format is auto');
    const fields = { time: { column: 'at' } };
    expect(() => parseRecipe({ format: 'jsonl', validate: 'off', fields })).toThrow(
      'off sends records as they are, but fields.time changes them',
    );
  });
});
