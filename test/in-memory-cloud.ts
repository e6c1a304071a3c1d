import { createHash } from 'node:crypto';
import type { Receipt } from '../lib/ledger/receipt.ts';
import type { ChunkMessage, SourceObject } from '../lib/plan/chunk.ts';
import type { CreatedObject } from '../lib/plan/notification.ts';
import { memorySource } from '../lib/read/memory.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import type { SplitDependencies } from '../lib/split/source-plan.ts';

/** What a splitter needs, in memory, around one source; and what it sent and stored. */
export const inMemoryCloud = (body: Buffer, recipe: RecipeInput = {}) => {
  const chunks: ChunkMessage[] = [];
  const receipts: Receipt[] = [];
  const resumed: CreatedObject[] = [];
  const staged = new Map<string, Buffer>();
  const openSource = ({ bucket, key }: Pick<SourceObject, 'bucket' | 'key'>) =>
    memorySource(bucket === 'work' ? staged.get(key)! : body);
  const dependencies: SplitDependencies = {
    recipe: parseRecipe(recipe),
    head: async () => ({ sizeBytes: body.length, etag: 'e1' }),
    openSource,
    sendChunks: async (messages) => chunks.push(...messages),
    sendReceipt: async (receipt) => receipts.push(receipt),
    stage: async (name, bytes) => {
      const key = `staged/${name}`;
      staged.set(key, bytes);
      const etag = createHash('md5').update(bytes).digest('hex');
      return { bucket: 'work', key, etag, sizeBytes: bytes.length };
    },
    continueSplit: async (created) => resumed.push(created),
    remainingMs: () => 900_000,
    now: () => 1_000,
    decompressedBytesMax: 2 ** 40,
  };
  return { resumed, chunks, receipts, staged, openSource, dependencies };
};
