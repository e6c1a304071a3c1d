import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gatherSettings, loadRecipe } from '../../cli/recipe.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { RecipeError } from '../../lib/recipe/recipe-error.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { createScratchFolder, type ScratchFolder } from './scratch-folder.ts';

let folder: ScratchFolder;
beforeAll(async () => {
  folder = await createScratchFolder();
});
afterAll(() => folder.remove());

const write = (recipe: RecipeInput | string): Promise<string> =>
  folder.write('recipe.json', typeof recipe === 'string' ? recipe : JSON.stringify(recipe));

const CORES = Math.max(2, availableParallelism());

it('runs as many senders as the machine has cores unless told otherwise', async () => {
  expect((await loadRecipe({})).tuning.workers).toBe(CORES);
  const recipe = await write({ tuning: { memory: 300 } });
  expect((await loadRecipe({ recipe })).tuning).toMatchObject({ workers: CORES, memory: 300 });
});

it('takes the values of the file', async () => {
  const recipe = await write({
    insertId: 'position',
    destination: { region: 'eu' },
    tuning: { workers: 7, memory: 300, recordsPerBatch: 9 },
  });
  expect(await loadRecipe({ recipe })).toMatchObject({
    insertId: 'position',
    destination: { region: 'eu' },
    tuning: { workers: 7, memory: 300, recordsPerBatch: 9 },
  });
});

it('puts flags over the values of the file, and leaves the others alone', async () => {
  const recipe = await write({
    destination: { region: 'eu', endpoint: 'https://one.example' },
    tuning: { workers: 7, memory: 300, recordsPerBatch: 9 },
  });
  const flags = { region: 'in', endpoint: 'https://two.example', workers: 3, memory: 200 };
  expect(await loadRecipe({ recipe, ...flags })).toMatchObject({
    destination: { region: 'in', endpoint: 'https://two.example' },
    tuning: { workers: 3, memory: 200, recordsPerBatch: 9 },
  });
});

it('names an unknown key and the nearest known one', async () => {
  const recipe = await write('{"tuning": {"worker": 3}}');
  await expect(loadRecipe({ recipe })).rejects.toThrow(RecipeError);
  await expect(loadRecipe({ recipe })).rejects.toThrow(
    'tuning.worker: unknown key; did you mean "tuning.workers"?',
  );
});

it.each([
  [{ region: 'mars' }, 'destination.region'],
  [{ endpoint: 'nowhere' }, 'destination.endpoint'],
  [{ endpoint: 'http://proxy.example' }, 'use https (plain http is for loopback addresses only)'],
  [{ workers: 0 }, 'tuning.workers'],
  [{ memory: 64 }, 'tuning.memory'],
])('refuses the flag %j with the path it goes to', async (flags, path) => {
  await expect(loadRecipe(flags)).rejects.toThrow(RecipeError);
  await expect(loadRecipe(flags)).rejects.toThrow(path);
});

it.each([
  ['{"tuning": ', UsageError, 'recipe.json is not valid JSON: '],
  ['', UsageError, 'recipe.json is not valid JSON: '],
  ['[]', RecipeError, 'expected object'],
  ['null', RecipeError, 'expected object'],
])('refuses a file that holds %j', async (content, type, message) => {
  const recipe = await write(content);
  await expect(loadRecipe({ recipe })).rejects.toThrow(type);
  await expect(loadRecipe({ recipe })).rejects.toThrow(message);
});

it('says which file cannot be read', async () => {
  const missing = `${folder.path}/missing.json`;
  await expect(loadRecipe({ recipe: missing })).rejects.toThrow(UsageError);
  await expect(loadRecipe({ recipe: missing })).rejects.toThrow(`The recipe ${missing} cannot be read.`);
});

it('puts single settings over everything, by path or by name', async () => {
  const recipe = await write({ tuning: { highWater: 50 }, preset: 'debug' });
  const set = { highWater: '200', 'fields.event': '{"column":"name"}', insertId: 'position' };
  expect(await loadRecipe({ recipe, set })).toMatchObject({
    insertId: 'position',
    fields: { event: { column: 'name' } },
    tuning: { highWater: 200, verbose: true },
  });
  await expect(loadRecipe({ set: { highwater: '3' } })).rejects.toThrow('did you mean "tuning.highWater"?');
});

it('gathers settings that come one by one', () => {
  expect(gatherSettings('b=c=d', gatherSettings('a='))).toEqual({ a: '', b: 'c=d' });
  expect(() => gatherSettings('highWater')).toThrow('"highWater" is not like highWater=200.');
});
