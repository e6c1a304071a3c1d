import { foldReceipts } from '../../lib/ledger/fold.ts';
import type { CreatedObject } from '../../lib/plan/notification.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import type { SplitDependencies } from '../../lib/split/source-plan.ts';
import { splitObject } from '../../lib/splitter.ts';
import { inMemoryCloud } from '../in-memory-cloud.ts';

export interface ArchiveRunOptions extends Omit<Partial<SplitDependencies>, 'recipe' | 'remainingMs'> {
  readonly key?: string;
  readonly recipe?: RecipeInput;
  /** What each run of the splitter has left, at each look. */
  readonly clock?: (run: number) => () => number;
}

const RUNS_MAX = 200;

/** Splits an archive as often as the splitter asks for, in memory. */
export const splitArchive = async (
  body: Buffer,
  { key = 'in/a.zip', recipe = {}, clock = () => () => 900_000, ...overrides }: ArchiveRunOptions = {},
) => {
  const cloud = inMemoryCloud(body, { ...recipe, tuning: { chunkBytes: 4_096, ...recipe.tuning } });
  let created: CreatedObject | undefined = { bucket: 'inbox', key, etag: 'e1', sequencer: '1' };
  let runs = 0;
  for (; created && runs < RUNS_MAX; created = cloud.resumed.shift()) {
    await splitObject(created, { ...cloud.dependencies, ...overrides, remainingMs: clock(runs) });
    runs += 1;
  }
  const report = foldReceipts(undefined, cloud.receipts);
  /** By the name of its entry, what chunks hold of it. */
  const contents: Record<string, string> = {};
  for (const { entry, object } of cloud.chunks)
    contents[entry!.name] = (contents[entry!.name] ?? '') + cloud.staged.get(object.key)!.toString();
  return { ...cloud, report, runs, contents };
};
