import { describe, expect, it } from 'vitest';
import { ON_LAMBDA } from '../../build/knobs-on-lambda.ts';
import { tuningParts } from '../../build/tuning-docs.ts';
import { leavesOf } from '../../lib/recipe/leaves.ts';
import { recipeSchema } from '../../lib/recipe/schema.ts';
import { PRESET_NAMES } from '../../lib/tune/presets.ts';

describe('the tuning page', () => {
  it('says of every knob, and of nothing else, what it is on Lambda', () => {
    const knobs = leavesOf(recipeSchema).filter(({ path }) => path[0] === 'tuning');
    expect(Object.keys(ON_LAMBDA).sort()).toEqual(knobs.map(({ path }) => path.at(-1)).sort());
  });

  it('has a row for every preset', () => {
    const rows = tuningParts().presets!.split('\n').slice(2);
    expect(rows.map((row) => /`(.+?)`/.exec(row)![1])).toEqual(PRESET_NAMES);
  });

  it('plans a terabyte of every class without the API being exceeded', () => {
    const rows = tuningParts().plans!.split('\n').slice(2);
    expect(rows).toHaveLength(12);
    for (const row of rows) {
      const rate = Number(row.split('|')[3]!.replaceAll(',', ''));
      expect(rate).toBeGreaterThan(0);
      expect(rate).toBeLessThanOrEqual(30_000);
    }
  });
});
