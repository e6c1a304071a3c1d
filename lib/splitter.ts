import { isFanoutError } from './errors.ts';
import { formatOf } from './frame/formats.ts';
import type { ReportedSource } from './plan/chunk.ts';
import { importIdOf } from './plan/import-id.ts';
import { type Layout, layoutOf } from './plan/layout.ts';
import type { CreatedObject } from './plan/notification.ts';
import { ReadError } from './read/read-error.ts';
import type { ObjectHead } from './read/s3.ts';
import { isArchive } from './recipe/formats.ts';
import type { Recipe } from './recipe/schema.ts';
import { splitArchive } from './split/archive.ts';
import { splitByRanges } from './split/by-ranges.ts';
import { splitByRows } from './split/by-rows.ts';
import { splitInOrder } from './split/in-order.ts';
import type { SourcePlan, Split, SplitDependencies } from './split/source-plan.ts';
import { adaptTuning } from './tune/adapt.ts';
import { canBeSampled } from './tune/sample.ts';

/**
 * Makes an import of a created object: sends its chunks, and tells the ledger how many there are. Run twice, it
 * sends the same chunks again. A source that cannot be imported is a failed import, told to the ledger.
 *
 * @throws what may pass if the same notification comes again
 */
export const splitObject = async (
  created: CreatedObject,
  dependencies: SplitDependencies,
): Promise<ReportedSource> => {
  const { head, sendReceipt, now } = dependencies;
  const atMs = now();
  const uri = `s3://${created.bucket}/${created.key}`;
  let told: ReportedSource = { uri, bytes: 0, format: 'unknown', compression: 'unknown' };
  let importId = importIdOf({ ...created, etag: created.etag ?? '' });
  try {
    const found = await head(created);
    checkVersion(created, found, uri);
    importId = importIdOf({ ...created, etag: found.etag });
    const { etag, sizeBytes, contentEncoding } = found;
    const object = {
      bucket: created.bucket,
      key: created.key,
      versionId: created.versionId,
      etag,
      sizeBytes,
    };
    told = { ...told, bytes: sizeBytes };
    const layout = await layoutOf(dependencies.openSource(object), {
      key: created.key,
      contentEncoding,
      recipe: dependencies.recipe,
    });
    const source = { uri, bytes: sizeBytes, ...layout };
    told = source;
    const recipe = await adaptRecipe({ source, object }, dependencies);
    await splitOf(layout)({ created, importId, source, object, recipe, atMs }, dependencies);
  } catch (error) {
    if (!isFanoutError(error) || error.retryable) throw error;
    const failure = { code: error.code, message: error.message };
    await sendReceipt({ v: 1, kind: 'import-failed', importId, source: told, atMs, failure });
  }
  return told;
};

const SPLITS = { ranges: splitByRanges, rows: splitByRows, stream: splitInOrder };

const splitOf = ({ format, compression }: Layout): Split => {
  if (isArchive(compression)) return splitArchive;
  return SPLITS[compression === 'none' ? formatOf(format).cut : 'stream'];
};

const checkVersion = ({ etag, versionId }: CreatedObject, found: ObjectHead, uri: string): void => {
  if (versionId !== undefined || etag === undefined || etag === found.etag) return;
  throw new ReadError(
    'SOURCE_CHANGED',
    `${uri} was replaced before its import began; the new version is an import of its own.`,
  );
};

/** The recipe for this source: the same for the same bytes, so that a second run sends the same chunks. */
const adaptRecipe = async (
  { source, object }: Pick<SourcePlan, 'source' | 'object'>,
  { recipe, openSource, onAdapted }: SplitDependencies,
): Promise<Recipe> => {
  if (!recipe.tuning.adaptive || !canBeSampled(source)) return recipe;
  const chosen = await adaptTuning(openSource(object), source, recipe);
  onAdapted?.(source.uri, chosen);
  return { ...recipe, tuning: { ...recipe.tuning, ...chosen } };
};
