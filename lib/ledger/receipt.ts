import * as z from 'zod';
import { progressSchema, reportedSourceSchema } from '../plan/chunk.ts';
import { entryCountsSchema } from '../plan/notification.ts';
import { knobsSchema } from '../tune/knobs.ts';

const common = { v: z.literal(1), importId: z.string(), source: reportedSourceSchema, atMs: z.number() };

const failureSchema = z.object({ code: z.string(), message: z.string() });

const receiptSchema = z.discriminatedUnion('kind', [
  /** The splitter has begun; `chunks` once their number is known. */
  z.object({
    kind: z.literal('planned'),
    ...common,
    chunks: z.int().nonnegative().optional(),
    /** Of an archive. */
    entries: entryCountsSchema.optional(),
  }),
  /** The import cannot go on; `chunks` where they are all that can be made of its source. */
  z.object({
    kind: z.literal('import-failed'),
    ...common,
    failure: failureSchema,
    chunks: z.int().nonnegative().optional(),
    entries: entryCountsSchema.optional(),
  }),
  z.object({
    kind: z.literal('chunk-done'),
    ...common,
    chunk: z.int().nonnegative(),
    progress: progressSchema,
    /** Why the chunk cannot be read to its end; what comes before is in `progress`. */
    failure: failureSchema.optional(),
    budgetMB: z.number(),
    /** Absent from receipts of earlier versions. */
    tuning: knobsSchema.optional(),
    rejectsUri: z.string().optional(),
    /** Of the API's answers, where they are kept. */
    responsesUri: z.string().optional(),
  }),
  /** A sender gave the chunk up; if another finishes it after all, that counts. */
  z.object({
    kind: z.literal('chunk-failed'),
    ...common,
    chunk: z.int().nonnegative(),
    failure: failureSchema,
    responsesUri: z.string().optional(),
  }),
  /** The governor changed how many senders there are, while the import was running. */
  z.object({
    kind: z.literal('governed'),
    ...common,
    from: z.int().nonnegative(),
    to: z.int().nonnegative(),
    reason: z.string().max(500),
  }),
]);

/** What splitter, senders and governor say to the ledger. Carries no record data. */
export type Receipt = z.output<typeof receiptSchema>;
export type Failure = z.output<typeof failureSchema>;

/** No attempt said why it ended. */
export const GIVEN_UP = 'GIVEN_UP';

/** Reasons why an import failed though chunks were made of all that could be read: the report still waits for those. */
export const PARTIAL_CODES: ReadonlySet<string> = new Set([
  'SOURCE_CORRUPT',
  'SOURCE_TOO_LARGE',
  'SOURCE_TOO_SLOW',
  'ENTRY_REFUSED',
]);

/** @throws {ZodError | SyntaxError} when the body is no receipt of this version */
export const parseReceipt = (body: string): Receipt => receiptSchema.parse(JSON.parse(body));
