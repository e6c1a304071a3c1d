import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { lambdaMachine } from '../../lib/tune/machine.ts';
import type { PlanOptions } from '../../lib/tune/planner.ts';
import type { Workload } from '../../lib/tune/quantities.ts';
import { DEFAULT_QUOTA } from '../../lib/tune/quota.ts';

/** A plan for one plain file on Lambda, 200 ms an answer. */
export const planOptions = (
  { bytes, recordBytes }: { readonly bytes: number; readonly recordBytes: number },
  tuning: RecipeInput['tuning'] = {},
): PlanOptions => {
  const recipe = parseRecipe({ tuning });
  return {
    workload: workloadOfSize(bytes, recordBytes),
    tuning: recipe.tuning,
    machine: lambdaMachine(recipe.tuning.memory),
    quota: DEFAULT_QUOTA,
    responseMs: 200,
  };
};

const workloadOfSize = (bytes: number, recordBytes: number): Workload => ({
  sources: 1,
  sourceBytes: bytes,
  records: Math.round(bytes / recordBytes),
  recordBytes,
  ratioAtLevel6: 5,
  isStaged: false,
});
