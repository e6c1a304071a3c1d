import { describe, expect, it } from 'vitest';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { RecipeError } from '../../lib/recipe/recipe-error.ts';

const problemsOf = (recipe: unknown): string[] => {
  try {
    parseRecipe(recipe);
  } catch (error) {
    expect(error).toBeInstanceOf(RecipeError);
    expect(error).toMatchObject({ code: 'RECIPE_INVALID', retryable: false });
    return (error as RecipeError).message.split('\n  - ').slice(1);
  }
  throw new Error('The recipe was taken.');
};

describe('parseRecipe', () => {
  it('fills in every default', () => {
    expect(parseRecipe({})).toMatchObject({
      record: 'event',
      format: 'auto',
      compression: 'auto',
      fields: {
        event: { column: 'event', keep: false },
        time: { column: 'time', keep: false },
        distinct_id: { column: 'distinct_id', keep: false },
        $insert_id: { column: '$insert_id', keep: false },
      },
      insertId: 'content',
      destination: { region: 'us' },
      tuning: {
        workers: 10,
        memory: 512,
        recordsPerBatch: 2_000,
        bytesPerBatch: 10_000_000,
        requestsInFlight: 4,
        compress: true,
        compressionLevel: 6,
        recordBytesMax: 1_048_576,
      },
    });
  });

  it('takes what it has made', () => {
    const recipe = parseRecipe({ tuning: { workers: 3 }, fields: { time: { constant: 5 } } });
    expect(parseRecipe(recipe)).toEqual(recipe);
  });

  it('keeps the defaults beside what is given', () => {
    const { tuning, fields } = parseRecipe({
      tuning: { memory: 1_024 },
      fields: { event: { column: 'name' } },
    });
    expect(tuning).toMatchObject({ memory: 1_024, workers: 10 });
    expect(fields).toMatchObject({ event: { column: 'name', keep: false }, time: { column: 'time' } });
  });

  it.each([
    [{ workers: 3 }, 'workers: unknown key; did you mean "tuning.workers"?'],
    [{ tuning: { wrokers: 3 } }, 'tuning.wrokers: unknown key; did you mean "tuning.workers"?'],
    [{ tuning: { Memory: 3 } }, 'tuning.Memory: unknown key; did you mean "tuning.memory"?'],
    [{ fields: { insert_id: {} } }, 'fields.insert_id: unknown key; did you mean "fields.$insert_id"?'],
    [{ destinations: {} }, 'destinations: unknown key; did you mean "destination"?'],
    [{ zzzzzzzz: 1 }, 'zzzzzzzz: unknown key; see docs/recipe.md for the known ones'],
  ])('names the unknown key of %o, and the nearest', (recipe, problem) => {
    expect(problemsOf(recipe)).toEqual([problem]);
  });

  it.each([
    [
      { format: 'xml' },
      'format: Invalid option: expected one of "auto"|"jsonl"|"json"|"csv"|"tsv"|"parquet"|"avro" (got "xml")',
    ],
    [{ tuning: { workers: 0 } }, 'tuning.workers: Too small: expected number to be >=1 (got 0)'],
    [
      { tuning: { workers: '3' } },
      'tuning.workers: Invalid input: expected number, received string (got "3")',
    ],
    [
      { tuning: { bytesPerBatch: 10_000_001 } },
      'tuning.bytesPerBatch: Too big: expected number to be <=10000000 (got 10000001)',
    ],
    [
      { destination: { endpoint: 'ftp://host' } },
      'destination.endpoint: the endpoint has the scheme ftp; use https. (got "ftp://host")',
    ],
    [{ tuning: null }, 'tuning: Invalid input: expected object, received null (got null)'],
    [null, 'the whole: Invalid input: expected object, received null (got null)'],
    [undefined, 'the whole: Invalid input: expected object, received undefined (got nothing)'],
    [{ fields: { event: 5 } }, 'fields.event: expected {"column": "name"} or {"constant": "value"} (got 5)'],
    [
      { fields: { event: { colum: 'x' } } },
      'fields.event: expected {"column": "name"} or {"constant": "value"} (unknown key "colum")',
    ],
  ])('names the value that %o has wrong', (recipe, problem) => {
    expect(problemsOf(recipe)).toEqual([problem]);
  });

  it.each([
    { destination: { endpoint: 'https://user:hunter22@proxy.example' } },
    { destination: { endpoint: 'ftp://user:hun/hunter22@proxy.example' } },
    { destination: 'https://user:hunter22@proxy.example' },
    { format: 'https://user:hunter22@proxy.example' },
  ])('does not repeat the password in %j', (recipe) => {
    expect(problemsOf(recipe)).toHaveLength(1);
    expect(problemsOf(recipe).join()).not.toContain('hunter22');
  });

  it('names every problem at once, and no long value whole', () => {
    const problems = problemsOf({ format: 'x'.repeat(10_000), workers: 3, tuning: { memory: 1 } });
    expect(problems).toHaveLength(3);
    expect(problems.join('').length).toBeLessThan(500);
  });

  it('does not take __proto__ for a setting', () => {
    expect(problemsOf(JSON.parse('{"__proto__": {"format": "jsonl"}}'))).toHaveLength(1);
  });
});
