import { describe, expect, it } from 'vitest';
import { memorySource } from '../../lib/read/memory.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { readingLoadOf } from '../../lib/tune/reading-load.ts';
import { sampleSource } from '../../lib/tune/sample.ts';
import { flat, parquetFile } from '../frame/parquet/parquet-files.ts';
import { eventLine } from './lines.ts';

const loadOf = async (
  format: 'jsonl' | 'csv' | 'parquet',
  body: Buffer | string,
  input: RecipeInput = {},
) => {
  const recipe = parseRecipe(input);
  const source = memorySource(Buffer.from(body));
  return readingLoadOf([await sampleSource(source, { format, compression: 'none' }, recipe)], recipe);
};

const EVENTS = Array.from({ length: 40 }, (_, n) => eventLine(n)).join('\n');
const ROWS = Array.from({ length: 10 }, (_, n) => JSON.stringify({ event: 'View', time: n })).join('\n');

describe('what reading asks of memory', () => {
  it('is nothing where events are sent as they are', async () => {
    expect(await loadOf('jsonl', EVENTS)).toEqual({ apartShare: 0, pageValues: 0, columnBytes: 0 });
  });

  it('counts the records that are mapped one by one', async () => {
    expect(await loadOf('jsonl', `${EVENTS}\n${ROWS}`)).toMatchObject({ apartShare: 0.2 });
    const input: RecipeInput = { fields: { $insert_id: { column: 'id' } } };
    expect(await loadOf('jsonl', EVENTS, input)).toMatchObject({ apartShare: 1 });
    expect(await loadOf('csv', 'event,time\nView,1\nView,2\n')).toMatchObject({ apartShare: 1 });
  });

  it('is that of the source which asks most', async () => {
    const recipe = parseRecipe({});
    const samples = await Promise.all(
      [EVENTS, ROWS].map((body) =>
        sampleSource(memorySource(Buffer.from(body)), { format: 'jsonl', compression: 'none' }, recipe),
      ),
    );
    expect(readingLoadOf(samples, recipe).apartShare).toBe(1);
  });

  it('is, of Parquet, the pages and columns that stand side by side', async () => {
    const column = (name: string) =>
      flat(
        { name, type: 'INT32' },
        Array.from({ length: 300 }, (_, n) => n),
      );
    const { apartShare, pageValues, columnBytes } = await loadOf(
      'parquet',
      parquetFile([column('time'), column('n')], { rowGroupSize: 100 }),
    );
    expect({ apartShare, pageValues }).toEqual({ apartShare: 0, pageValues: 200 });
    expect(columnBytes).toBeGreaterThan(100);
    expect(columnBytes).toBeLessThan(2_000);
  });
});
