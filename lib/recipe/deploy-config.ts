import * as z from 'zod';
import { governorConfigSchema } from './governor-config.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { parseWith } from './parse.ts';
import { withPreset } from './preset.ts';
import { RecipeError } from './recipe-error.ts';
import { recipeSchema } from './schema.ts';

/** What `fanout.config.json` holds: the deployed default recipe, and what only a deployment has. */
export const deployConfigSchema = z.strictObject({
  recipe: recipeSchema.prefault({}),
  secretName: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Secret in Secrets Manager that holds the credentials. Without it the stack makes one, to be filled after the first deploy.',
    ),
  senderTimeoutSeconds: z
    .int()
    .min(10)
    .max(120)
    .default(120)
    .describe('Longest run of one sender; what is left of its chunk by then is continued by another.'),
  stagedRetentionDays: z.int().min(1).max(365).default(7).describe('How long staged chunks are kept.'),
  reportRetentionDays: z
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('How long reports and rejects are kept.'),
  logRetentionDays: z
    .literal([1, 3, 5, 7, 14, 30, 60, 90, 180, 365])
    .default(30)
    .describe('How long logs are kept: 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365.'),
  governor: governorConfigSchema
    .refine(({ workersMin, workersMax = workersMin }) => workersMin <= workersMax, {
      path: ['workersMin'],
      error: 'must not be more than workersMax',
    })
    .prefault({}),
});

export type DeployConfig = z.output<typeof deployConfigSchema>;

/**
 * The settings of a deployment.
 *
 * @param file parsed content of `fanout.config.json`
 * @param overrides from `-c key=value`: a full path (`recipe.tuning.workers`) or a setting's own name (`workers`)
 * @throws {RecipeError} naming every wrong path
 */
export const parseDeployConfig = (
  file: unknown,
  overrides: Readonly<Record<string, string>>,
): DeployConfig => {
  const settings: unknown = structuredClone(file);
  const leaves = leavesOf(deployConfigSchema);
  for (const [name, value] of Object.entries(overrides))
    setAt(settings, pathOf(name, leaves), parseValue(value));
  if (isObject(settings)) settings.recipe = withPreset(settings.recipe);
  return parseWith(deployConfigSchema, settings, 'deploy configuration');
};

const pathOf = (name: string, leaves: readonly Leaf[]): readonly string[] => {
  const match =
    leaves.find(({ path }) => path.join('.') === name) ??
    leaves.find(({ path }) => path.slice(1).join('.') === name) ??
    leaves.find(({ path }) => path.at(-1) === name);
  return match?.path ?? name.split('.');
};

const setAt = (target: unknown, path: readonly string[], value: unknown): void => {
  const [key, ...rest] = path;
  if (!isObject(target) || key === undefined || key === '__proto__') {
    throw new RecipeError(`The deploy configuration cannot be used: "${path.join('.')}" is not a setting.`);
  }
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  if (!Object.hasOwn(target, key)) target[key] = {};
  setAt(target[key], rest, value);
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
