import { closest, distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import { withoutUserInfo } from './endpoint.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { withPreset } from './preset.ts';
import { RecipeError } from './recipe-error.ts';
import { type Recipe, recipeSchema } from './schema.ts';

/**
 * Checks a recipe and fills in what its preset says, then the defaults.
 *
 * @param input parsed JSON
 * @throws {RecipeError} naming every wrong path, and for an unknown key the nearest known one
 */
export const parseRecipe = (input: unknown): Recipe => parseWith(recipeSchema, withPreset(input), 'recipe');

/** As {@link parseRecipe}, for any schema; `what` starts the message. */
export const parseWith = <S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> => {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const leaves = leavesOf(schema);
  const problems = result.error.issues.flatMap((issue) => explain(issue, leaves));
  throw new RecipeError(
    `The ${what} cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
  );
};

const explain = (issue: z.core.$ZodIssue, leaves: readonly Leaf[]): string[] => {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...issue.path.map(String), key], leaves));
  }
  if (issue.code === 'invalid_union') return [`${issue.path.join('.')}: ${unionHint(issue)}`];
  const hint = issue.code === 'invalid_value' ? nearestValue(issue) : '';
  return [`${issue.path.join('.') || 'the whole'}: ${issue.message} (got ${shown(issue.input)})${hint}`];
};

const SHOWN_CHARS_MAX = 80;
const SHOWN_PATH_CHARS_MAX = 200;

/** Also a value in the wrong place may be a URL with a password. */
const shown = (value: unknown): string =>
  withoutUserInfo(JSON.stringify(value) ?? 'nothing').slice(0, SHOWN_CHARS_MAX);

const nearestValue = ({ input, values }: z.core.$ZodIssueInvalidValue): string => {
  const names = values.filter((value) => typeof value === 'string');
  if (typeof input !== 'string' || names.length === 0) return '';
  const name = input.slice(0, SHOWN_CHARS_MAX).toLowerCase();
  const nearest = closest(name, names);
  return distance(name, nearest) <= Math.max(1, name.length / 2) ? `; did you mean "${nearest}"?` : '';
};

const unionHint = (issue: z.core.$ZodIssueInvalidUnion): string => {
  const unknown = issue.errors.flat().find((inner) => inner.code === 'unrecognized_keys');
  const seen = unknown ? ` (unknown key "${unknown.keys[0]}")` : '';
  return `expected {"column": "name"} or {"constant": "value"}${seen || ` (got ${shown(issue.input)})`}`;
};

const unknownKey = (path: readonly string[], leaves: readonly Leaf[]): string => {
  const here = path.join('.').slice(0, SHOWN_PATH_CHARS_MAX);
  const nearest = nearestPath(path, leaves);
  return `${here}: unknown key; ${nearest ? `did you mean "${nearest}"?` : 'see docs/recipe.md for the known ones'}`;
};

/** The known path that the writer most likely meant: the same name elsewhere, or the nearest name. */
const nearestPath = (path: readonly string[], leaves: readonly Leaf[]): string | undefined => {
  const prefixes = new Set(
    leaves.flatMap(({ path: known }) => known.map((_, i) => known.slice(0, i + 1).join('.'))),
  );
  const lastOf = (known: string): string => known.slice(known.lastIndexOf('.') + 1);
  const key = (path.at(-1) ?? '').slice(0, SHOWN_CHARS_MAX);
  const elsewhere = [...prefixes].find((known) => lastOf(known) === key);
  if (elsewhere) return elsewhere;
  const name = closest(
    key.toLowerCase(),
    [...prefixes].map((known) => lastOf(known).toLowerCase()),
  );
  const found = [...prefixes].find((known) => lastOf(known).toLowerCase() === name);
  return found && distance(key.toLowerCase(), name) <= Math.max(2, key.length / 2) ? found : undefined;
};
