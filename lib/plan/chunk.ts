import * as z from 'zod';
import { FORMAT_NAMES, READ_COMPRESSIONS } from '../recipe/formats.ts';
import { recipeSchema } from '../recipe/schema.ts';
import { placeSchema } from './place.ts';
import { stageTimesSchema } from './stage-times.ts';

const objectSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: z.string().optional(),
  /** Without quotes. */
  etag: z.string(),
  sizeBytes: z.int().nonnegative(),
});

export const sourceSchema = z.object({
  uri: z.string(),
  bytes: z.int().nonnegative(),
  format: z.enum(FORMAT_NAMES),
  compression: z.enum(READ_COMPRESSIONS),
});

/** A source as it is reported: the file may say nothing of its layout, or was never looked at. */
export const reportedSourceSchema = sourceSchema.extend({
  format: z.enum([...FORMAT_NAMES, 'unknown']),
  compression: z.enum([...READ_COMPRESSIONS, 'unknown']),
});

/** A file in an archive; `offset` of its chunks counts from its own beginning. */
const entrySchema = sourceSchema.pick({ format: true, compression: true }).extend({ name: z.string() });

const counters = z.int().nonnegative();

export const progressSchema = z.object({
  continuations: counters,
  startedAtMs: z.number(),
  records: z.object({ read: counters, imported: counters, rejected: counters, filtered: counters }),
  bytes: z.object({ read: counters, sent: counters, compressed: counters }),
  requests: z.object({ total: counters, retried: counters, throttled: counters }),
  /** By stage; absent from messages of earlier versions, as is what follows. */
  stageMs: stageTimesSchema.prefault({}),
  /** What larger buffers would have saved: lib/stage-clock.ts. */
  choppyMs: z.number().default(0),
  byReason: z.record(z.string(), counters),
  peakMB: z.number(),
});

/** The part of a source that one message hands to one sender, with all that it needs. Carries no record data. */
export const chunkMessageSchema = z.object({
  v: z.literal(1),
  importId: z.string(),
  /** Counted from 0. */
  chunk: z.int().nonnegative(),
  source: sourceSchema,
  /** The file in it, where the source is an archive. */
  entry: entrySchema.optional(),
  /** Of the source, whatever is read; without quotes. */
  sourceEtag: z.string(),
  /** What is read: the source itself, or a chunk of it staged in the Work bucket. */
  object: objectSchema,
  /** Of `object`, half-open: rows where `borders` is `rows`, else bytes. */
  range: z.object({ start: placeSchema, end: placeSchema }),
  /** `lines` and `records`: the range begins and ends at one. `bytes`: it may begin and end inside one. */
  borders: z.enum(['lines', 'bytes', 'records', 'rows']),
  /** Of all of `object`, where `borders` is `rows`. */
  rows: z.int().nonnegative().optional(),
  /** Where byte 0 of `object` stands in the (decompressed) source, or in the entry of it. */
  offset: z.int().nonnegative(),
  /** `object` ends where the file ends. */
  endsFile: z.boolean().default(true),
  /** The file is damaged there: what stands at the end of `object` may be part of more. */
  breaksOff: z.boolean().optional(),
  /** What its format must know of the beginning of the file. */
  header: z.unknown().optional(),
  recipe: recipeSchema,
  /** Senders were killed, so records are tried in windows: the cause may be among the next `suspects`. */
  trial: z
    .object({ suspects: z.int().positive(), window: z.int().positive(), calm: z.int().nonnegative() })
    .optional(),
  /** What earlier senders of the same chunk have done, when this is the rest of it. */
  progress: progressSchema.optional(),
  /** Names of the parts that they have kept their rejects in. */
  rejectParts: z.array(z.string()).optional(),
  /** And of those with the answers of the API. */
  responseParts: z.array(z.string()).optional(),
});

export type SourceObject = z.output<typeof objectSchema>;
export type ChunkEntry = z.output<typeof entrySchema>;
export type Source = z.output<typeof sourceSchema>;
export type ReportedSource = z.output<typeof reportedSourceSchema>;
export type Progress = z.output<typeof progressSchema>;
export type ChunkMessage = z.output<typeof chunkMessageSchema>;

/** @throws {ZodError | SyntaxError} when the body is no chunk message of this version */
export const parseChunkMessage = (body: string): ChunkMessage => chunkMessageSchema.parse(JSON.parse(body));
