import type * as z from 'zod';
import { type Leaf, leavesOf } from './leaves.ts';
import { RecipeError } from './recipe-error.ts';

export interface OverrideOptions {
  readonly schema: z.ZodType;
  /** Starts the message of an error. */
  readonly what: string;
}

/**
 * Settings with further ones over them. The schema does not check them here.
 *
 * @param settings parsed JSON; stays as it is
 * @param overrides by a full path (`tuning.workers`), by the path without its first part, or by the setting's own
 *   name (`workers`); values are JSON, or else text
 * @throws {RecipeError} where one leads to no object
 */
export const withOverrides = (
  settings: unknown,
  overrides: Readonly<Record<string, string>>,
  { schema, what }: OverrideOptions,
): unknown => {
  const result: unknown = structuredClone(settings);
  const leaves = leavesOf(schema);
  for (const [name, value] of Object.entries(overrides)) {
    const path = pathOf(name, leaves);
    if (!setAt(result, path, parseValue(value)))
      throw new RecipeError(`The ${what} cannot be used: "${path.join('.')}" is not a setting.`);
  }
  return result;
};

const pathOf = (name: string, leaves: readonly Leaf[]): readonly string[] => {
  const match =
    leaves.find(({ path }) => path.join('.') === name) ??
    leaves.find(({ path }) => path.slice(1).join('.') === name) ??
    leaves.find(({ path }) => path.at(-1) === name);
  return match?.path ?? name.split('.');
};

const setAt = (target: unknown, [key, ...rest]: readonly string[], value: unknown): boolean => {
  if (!isObject(target) || key === undefined || key === '__proto__') return false;
  if (rest.length === 0) {
    target[key] = value;
    return true;
  }
  if (!Object.hasOwn(target, key)) target[key] = {};
  return setAt(target[key], rest, value);
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
