import { isPresetName, PRESETS } from '../tune/presets.ts';

/**
 * A recipe as a user wrote it, with the knobs of its preset beneath the ones that it gives itself.
 *
 * @returns the input as it is where it names no preset that exists: the schema says what is wrong with it
 */
export const withPreset = (input: unknown): unknown => {
  if (!isObject(input) || !isPresetName(input.preset)) return input;
  const { tuning = {} } = input;
  return isObject(tuning) ? { ...input, tuning: { ...PRESETS[input.preset].tuning, ...tuning } } : input;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
