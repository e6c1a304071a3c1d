import type { ChunkMessage } from '../lib/plan/chunk.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import type { RecipeInput } from '../lib/recipe/schema.ts';

/** A chunk that is a whole plain source of `sizeBytes`, as the splitter would send it. */
export const chunkMessage = (
  sizeBytes: number,
  { recipe = {}, ...overrides }: Omit<Partial<ChunkMessage>, 'recipe'> & { recipe?: RecipeInput } = {},
): ChunkMessage => ({
  v: 1,
  importId: 'import-1',
  chunk: 0,
  source: { uri: 's3://inbox/a.jsonl', bytes: sizeBytes, format: 'jsonl', compression: 'none' },
  sourceEtag: 'e1',
  object: { bucket: 'inbox', key: 'a.jsonl', etag: 'e1', sizeBytes },
  range: { start: 0, end: sizeBytes },
  borders: 'bytes',
  offset: 0,
  endsFile: true,
  recipe: parseRecipe(recipe),
  ...overrides,
});
