import { type FanoutError, isFanoutError } from './errors.ts';
import { createInFlight } from './flow/in-flight.ts';
import { PARTIAL_CODES, type Receipt } from './ledger/receipt.ts';
import type { ChunkMessage, Source, SourceObject } from './plan/chunk.ts';
import { importIdOf } from './plan/import-id.ts';
import { layoutOf } from './plan/layout.ts';
import type { CreatedObject } from './plan/notification.ts';
import { PlanError } from './plan/plan-error.ts';
import { chunkBytesFor, cutRanges } from './plan/ranges.ts';
import { type StagedChunk, stageLines } from './plan/stage.ts';
import type { ByteSource } from './read/byte-source.ts';
import { gunzip } from './read/gunzip.ts';
import { ReadError } from './read/read-error.ts';
import type { ObjectHead, PinnedObject } from './read/s3.ts';
import type { Recipe } from './recipe/schema.ts';
import { type AdaptedTuning, adaptTuning } from './tune/adapt.ts';

const MiB = 1024 * 1024;
/** A staged chunk is held in memory until it is stored. */
const STAGED_BYTES_DEFAULT = 16 * MiB;
const STAGED_BYTES_MAX = 32 * MiB;
const STAGES_IN_FLIGHT_MAX = 3;
/** Share of the time given at which staging ends in a clear failure instead of being stopped. */
const GIVE_UP_SHARE = 0.1;

export interface SplitDependencies {
  readonly recipe: Recipe;
  readonly head: (object: CreatedObject) => Promise<ObjectHead>;
  readonly openSource: (object: PinnedObject) => ByteSource;
  readonly sendChunks: (messages: IteratorObject<ChunkMessage>) => Promise<unknown>;
  readonly sendReceipt: (receipt: Receipt) => Promise<unknown>;
  /** Stores a staged chunk in the Work bucket. The same name gets the same bytes, however often. */
  readonly stage: (name: string, bytes: Buffer) => Promise<SourceObject>;
  /** Milliseconds until this process is stopped. */
  readonly remainingMs: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told what a sample of the source made of the knobs, where the recipe is `adaptive`. */
  readonly onAdapted?: (uri: string, chosen: AdaptedTuning) => void;
}

/**
 * Makes an import of a created object: sends its chunks, and tells the ledger how many there are. Run twice, it
 * sends the same chunks again. A source that cannot be imported is a failed import, told to the ledger.
 *
 * @throws what may pass if the same notification comes again
 */
export const splitObject = async (
  created: CreatedObject,
  dependencies: SplitDependencies,
): Promise<Source> => {
  const { head, sendReceipt, now } = dependencies;
  const atMs = now();
  const uri = `s3://${created.bucket}/${created.key}`;
  let source: Source = { uri, bytes: 0, format: 'jsonl', compression: 'none' };
  let importId = importIdOf({ ...created, etag: created.etag ?? '' });
  try {
    const found = await head(created);
    checkVersion(created, found, uri);
    importId = importIdOf({ ...created, etag: found.etag });
    const layout = layoutOf(
      { key: created.key, contentEncoding: found.contentEncoding },
      dependencies.recipe,
    );
    source = { uri, bytes: found.sizeBytes, ...layout };
    const object = {
      bucket: created.bucket,
      key: created.key,
      versionId: created.versionId,
      etag: found.etag,
      sizeBytes: found.sizeBytes,
    };
    const plan = { importId, source, object, atMs };
    const adapted = { ...dependencies, recipe: await adaptRecipe(plan, dependencies) };
    await (layout.compression === 'none' ? splitByRanges(plan, adapted) : splitByStaging(plan, adapted));
  } catch (error) {
    if (!isFanoutError(error) || error.retryable) throw error;
    const failure = { code: error.code, message: error.message };
    await sendReceipt({ v: 1, kind: 'import-failed', importId, source, atMs, failure });
  }
  return source;
};

interface Plan {
  readonly importId: string;
  readonly source: Source;
  readonly object: SourceObject;
  readonly atMs: number;
}

const checkVersion = ({ etag, versionId }: CreatedObject, found: ObjectHead, uri: string): void => {
  if (versionId !== undefined || etag === undefined || etag === found.etag) return;
  throw new ReadError(
    'SOURCE_CHANGED',
    `${uri} was replaced before its import began; the new version is an import of its own.`,
  );
};

/** The recipe for this source: the same for the same bytes, so that a second run sends the same chunks. */
const adaptRecipe = async (
  { source, object }: Plan,
  { recipe, openSource, onAdapted }: SplitDependencies,
): Promise<Recipe> => {
  if (!recipe.tuning.adaptive) return recipe;
  const chosen = await adaptTuning(openSource(object), source.compression, recipe);
  onAdapted?.(source.uri, chosen);
  return { ...recipe, tuning: { ...recipe.tuning, ...chosen } };
};

/** By arithmetic: not a byte of the source is read for it. */
const splitByRanges = async (
  plan: Plan,
  { recipe, sendChunks, sendReceipt }: SplitDependencies,
): Promise<void> => {
  const { sizeBytes } = plan.object;
  const chunkBytes = chunkBytesFor(sizeBytes, recipe.tuning);
  await sendReceipt(plannedReceipt(plan, Math.ceil(sizeBytes / chunkBytes)));
  const ranges = cutRanges(sizeBytes, chunkBytes);
  await sendChunks(
    ranges.map((range, chunk) => ({
      ...commonOf(plan, recipe),
      chunk,
      object: plan.object,
      range,
      borders: 'bytes',
      offset: 0,
    })),
  );
};

/** By reading it through: chunks of whole lines are stored in the Work bucket and sent from there. */
const splitByStaging = async (plan: Plan, dependencies: SplitDependencies): Promise<void> => {
  const { recipe, openSource, sendChunks, sendReceipt, stage } = dependencies;
  const { chunkBytes = STAGED_BYTES_DEFAULT, recordBytesMax } = recipe.tuning;
  await sendReceipt(plannedReceipt(plan));
  let chunks = 0;
  const inFlight = createInFlight<StagedChunk & { chunk: number }, SourceObject>({
    itemsMax: STAGES_IN_FLIGHT_MAX,
    bytesMax: STAGES_IN_FLIGHT_MAX * STAGED_BYTES_MAX,
    bytesOf: ({ bytes }) => bytes.length,
    run: ({ chunk, bytes }) => stage(`${plan.importId}/${String(chunk).padStart(6, '0')}.jsonl`, bytes),
    commit: async ({ chunk, offset, bytes }, object) => {
      const range = { start: 0, end: bytes.length };
      const message = { ...commonOf(plan, recipe), chunk, object, range, borders: 'lines', offset } as const;
      await sendChunks([message].values());
    },
  });
  const stream = untilLate(
    plan,
    gunzip(openSource(plan.object).read({ start: 0, end: plan.object.sizeBytes })),
    dependencies,
  );
  const options = {
    chunkBytes: Math.min(chunkBytes, STAGED_BYTES_MAX),
    recordBytesMax,
    isEnd: (error: unknown) => error instanceof ReadError && error.code === 'SOURCE_CORRUPT',
  };
  let failure: FanoutError | undefined;
  try {
    for await (const staged of stageLines(stream, options))
      await inFlight.submit({ ...staged, chunk: chunks++ });
  } catch (error) {
    if (!isFanoutError(error) || error.retryable) throw error;
    failure = error;
  }
  await inFlight.drain();
  // After any other failure nobody knows how many chunks there should be: those made are not all.
  if (!failure || PARTIAL_CODES.has(failure.code)) await sendReceipt(plannedReceipt(plan, chunks));
  if (failure) throw failure;
};

async function* untilLate(
  plan: Plan,
  stream: AsyncIterable<Buffer>,
  { remainingMs }: SplitDependencies,
): AsyncGenerator<Buffer> {
  const givenMs = remainingMs();
  let readBytes = 0;
  for await (const piece of stream) {
    readBytes += piece.length;
    yield piece;
    if (remainingMs() > givenMs * GIVE_UP_SHARE) continue;
    throw new PlanError(
      'SOURCE_TOO_SLOW',
      `${plan.source.uri} could not be read through in ${Math.round(givenMs / 1000)} s; of the ${readBytes} decompressed bytes that were, whole chunks are imported. Drop it uncompressed, or in smaller files.`,
    );
  }
}

const plannedReceipt = ({ importId, source, atMs }: Plan, chunks?: number): Receipt => ({
  v: 1,
  kind: 'planned',
  importId,
  source,
  atMs,
  ...(chunks === undefined ? {} : { chunks }),
});

const commonOf = ({ importId, source, object }: Plan, recipe: Recipe) => ({
  v: 1 as const,
  importId,
  source,
  sourceEtag: object.etag,
  recipe,
});
