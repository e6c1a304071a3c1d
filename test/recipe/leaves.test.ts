import { describe, expect, it } from 'vitest';
import { deployConfigSchema } from '../../lib/recipe/deploy-config.ts';
import { leavesOf } from '../../lib/recipe/leaves.ts';
import { recipeSchema } from '../../lib/recipe/schema.ts';

const leafOf = (name: string) => leavesOf(deployConfigSchema).find(({ path }) => path.join('.') === name);

describe('leavesOf', () => {
  it('describes every setting', () => {
    const leaves = leavesOf(recipeSchema);
    expect(leaves.length).toBeGreaterThan(15);
    for (const { path, description, type } of leaves) {
      expect(description, path.join('.')).not.toBe('');
      expect(type, path.join('.')).not.toBe('any');
    }
  });

  it.each([
    ['recipe.format', 'auto \\| jsonl \\| json \\| csv \\| tsv \\| parquet \\| avro', 'auto'],
    ['recipe.fields.event', 'column or constant', { column: 'event', keep: false }],
    ['recipe.csv.columns', 'list of strings', undefined],
    ['recipe.parquet.jsonColumns', 'list of strings', undefined],
    ['recipe.csv.types', 'name: string \\| number \\| boolean \\| date', {}],
    ['recipe.tuning.workers', 'integer 1 to 100', 10],
    ['recipe.tuning.compress', 'boolean', true],
    ['recipe.destination.endpoint', 'string', undefined],
    ['endpointsAllowed', 'list of strings', []],
    ['logRetentionDays', '1 \\| 3 \\| 5 \\| 7 \\| 14 \\| 30 \\| 60 \\| 90 \\| 180 \\| 365', 30],
  ])('tells the type and the default of %s', (name, type, preset) => {
    expect(leafOf(name)).toMatchObject({ type, default: preset });
  });
});
