import type { Failure, Receipt } from '../ledger/receipt.ts';
import type { ChunkMessage, Source, SourceObject } from '../plan/chunk.ts';
import type { CreatedObject, EntryCounts } from '../plan/notification.ts';
import type { ByteSource } from '../read/byte-source.ts';
import type { ObjectHead, PinnedObject } from '../read/s3.ts';
import type { Recipe } from '../recipe/schema.ts';
import type { AdaptedTuning } from '../tune/adapt.ts';

export interface SplitDependencies {
  readonly recipe: Recipe;
  readonly head: (object: CreatedObject) => Promise<ObjectHead>;
  readonly openSource: (object: PinnedObject) => ByteSource;
  readonly sendChunks: (messages: IteratorObject<ChunkMessage>) => Promise<unknown>;
  readonly sendReceipt: (receipt: Receipt) => Promise<unknown>;
  /** Stores a staged chunk in the Work bucket. The same name gets the same bytes, however often. */
  readonly stage: (name: string, bytes: Buffer) => Promise<SourceObject>;
  /** Lets another run go on with a source, by a notification like the one that began it. */
  readonly continueSplit: (created: CreatedObject) => Promise<unknown>;
  /** Milliseconds until this process is stopped. */
  readonly remainingMs: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Most that one source may decompress to, over all its layers. */
  readonly decompressedBytesMax: number;
  /** Told what a sample of the source made of the knobs, where the recipe is `adaptive`. */
  readonly onAdapted?: (uri: string, chosen: AdaptedTuning) => void;
}

/** What is known of a source before it is cut. */
export interface SourcePlan {
  readonly created: CreatedObject;
  readonly importId: string;
  readonly source: Source;
  readonly object: SourceObject;
  readonly recipe: Recipe;
  readonly atMs: number;
}

/** Cuts a source into chunks, and tells the ledger how many there are. */
export type Split = (plan: SourcePlan, dependencies: SplitDependencies) => Promise<void>;

/**
 * @param chunks once their number is known
 * @param entries of an archive
 */
export const plannedReceipt = (
  { importId, source, atMs }: SourcePlan,
  chunks?: number,
  entries?: EntryCounts,
): Receipt => ({
  v: 1,
  kind: 'planned',
  importId,
  source,
  atMs,
  ...(chunks === undefined ? {} : { chunks }),
  ...(entries && { entries }),
});

/**
 * @param chunks all that can be made of the source. Told together with the failure: without it, a number that another
 *   run may pass would stand for all
 */
export const failedReceipt = (
  plan: SourcePlan,
  { code, message }: Failure,
  chunks: number,
  entries?: EntryCounts,
): Receipt => ({
  v: 1,
  kind: 'import-failed',
  importId: plan.importId,
  source: plan.source,
  atMs: plan.atMs,
  failure: { code, message },
  chunks,
  ...(entries && { entries }),
});

type Common = Pick<ChunkMessage, 'v' | 'importId' | 'source' | 'sourceEtag' | 'recipe'>;

/** What all chunk messages of a source have in common. */
export const commonOf = ({ importId, source, object, recipe }: SourcePlan): Common => ({
  v: 1,
  importId,
  source,
  sourceEtag: object.etag,
  recipe,
});
