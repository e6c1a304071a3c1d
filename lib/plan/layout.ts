import type { Recipe } from '../recipe/schema.ts';
import type { Source } from './chunk.ts';
import { PlanError } from './plan-error.ts';

export type Layout = Pick<Source, 'format' | 'compression'>;

const JSONL_NAMES = /\.(jsonl|ndjson|json|txt|log)$/i;

/**
 * Format and compression of a source, by the recipe, else by its Content-Encoding and name.
 *
 * @throws {PlanError} `FORMAT_UNSUPPORTED` when neither says
 */
export const layoutOf = (
  { key, contentEncoding }: { readonly key: string; readonly contentEncoding?: string | undefined },
  recipe: Pick<Recipe, 'format' | 'compression'>,
): Layout => {
  const compression =
    recipe.compression === 'auto' ? compressionOf(key, contentEncoding) : recipe.compression;
  const name = key.replace(/\.gz(ip)?$/i, '');
  if (recipe.format === 'auto' && !JSONL_NAMES.test(name)) {
    throw new PlanError(
      'FORMAT_UNSUPPORTED',
      `The name "${key.slice(-100)}" says no known format. Supported: .jsonl, .ndjson, .json (one record a line), each also with .gz. Set "format" in the recipe if the name is misleading.`,
    );
  }
  return { format: 'jsonl', compression };
};

const compressionOf = (key: string, contentEncoding: string | undefined): Layout['compression'] =>
  /\.gz(ip)?$/i.test(key) || /\bgzip\b/i.test(contentEncoding ?? '') ? 'gzip' : 'none';
