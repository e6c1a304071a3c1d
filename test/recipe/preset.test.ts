import { describe, expect, it } from 'vitest';
import { parseDeployConfig } from '../../lib/recipe/deploy-config.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { RecipeError } from '../../lib/recipe/recipe-error.ts';
import { PRESET_NAMES, PRESETS } from '../../lib/tune/presets.ts';

const defaults = parseRecipe({}).tuning;

describe('a preset', () => {
  it.each(PRESET_NAMES)('%s resolves to its table over the defaults', (preset) => {
    expect(parseRecipe({ preset }).tuning).toEqual({ ...defaults, ...PRESETS[preset].tuning });
  });

  it('gives way to what the recipe says itself', () => {
    const { tuning } = parseRecipe({ preset: 'large-events', tuning: { workers: 7, throttleMemory: false } });
    expect(tuning).toMatchObject({ workers: 7, throttleMemory: false, highWater: 20, recordsPerBatch: 500 });
  });

  it('gives way even to a value that is the default', () => {
    expect(parseRecipe({ preset: 'maximum-speed', tuning: { workers: 10 } }).tuning.workers).toBe(10);
  });

  it('changes nothing when the resolved recipe is parsed again', () => {
    const recipe = parseRecipe({ preset: 'debug', tuning: { workers: 4 } });
    expect(parseRecipe(recipe)).toEqual(recipe);
  });

  it('counts in a deployment, beneath its overrides', () => {
    const { recipe } = parseDeployConfig({ recipe: { preset: 'maximum-speed' } }, { memory: '1024' });
    expect(recipe.tuning).toMatchObject({ workers: 30, highWater: 200, memory: 1_024 });
    const overridden = parseDeployConfig({}, { preset: 'tight-memory', workers: '9' });
    expect(overridden.recipe.tuning).toMatchObject({ workers: 9, highWater: 30 });
  });

  it.each([
    ['maximum-sped', 'did you mean "maximum-speed"?'],
    ['Large-Events', 'did you mean "large-events"?'],
    ['__proto__', 'Invalid option'],
    ['toString', 'Invalid option'],
    [5, 'Invalid option'],
  ])('that does not exist, like %s, is refused, with the nearest', (preset, problem) => {
    expect(() => parseRecipe({ preset })).toThrow(RecipeError);
    expect(() => parseRecipe({ preset })).toThrow(problem);
  });

  it.each([[null], [[]], ['fast']])('leaves it to the schema to refuse a tuning of %j', (tuning) => {
    expect(() => parseRecipe({ preset: 'debug', tuning })).toThrow('tuning: Invalid input');
  });
});
