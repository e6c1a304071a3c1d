import * as z from 'zod';
import { PRESET_NAMES } from '../tune/presets.ts';
import { DEFAULT_QUOTA } from '../tune/quota.ts';
import { endpointFlaw } from './endpoint.ts';
import { csvSchema, FORMAT_NAMES, parquetSchema, READ_COMPRESSIONS, recordsPathSchema } from './formats.ts';
import { checkValidateOff } from './validate-off.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const MB = 1_000_000;

/** Limits of Mixpanel's /import (https://docs.mixpanel.com/reference/import-events); "10 MB" read as the smaller of its two meanings. */
export const API_BATCH_RECORDS_MAX = 2_000;
export const API_BATCH_BYTES_MAX = 10_000_000;

const columnSchema = z.strictObject({
  column: z.string().min(1).describe('Name of the column (JSON key) that holds the value.'),
  keep: z.boolean().default(false).describe('Keep the column as a property too; else it is renamed.'),
});
const constantSchema = z.strictObject({
  constant: z.union([z.string(), z.number()]).describe('The same value for every record.'),
});
const fieldSchema = z.union([columnSchema, constantSchema]);

const fieldsSchema = z.strictObject({
  event: fieldSchema.default({ column: 'event', keep: false }).describe('The name of the event.'),
  time: fieldSchema
    .default({ column: 'time', keep: false })
    .describe(
      'When it happened: Unix seconds or milliseconds, or an ISO 8601 date and time. A date without a zone is UTC.',
    ),
  distinct_id: fieldSchema
    .default({ column: 'distinct_id', keep: false })
    .describe(
      'Who did it. Not needed where a record has `$user_id` or `$device_id`; `{"constant": ""}` imports events that belong to nobody.',
    ),
  $insert_id: fieldSchema
    .default({ column: '$insert_id', keep: false })
    .describe(
      'What makes a resend harmless. A legal id (1 to 36 of `A-Z a-z 0-9 -`, not a banned word) is kept; any other is replaced as `insertId` says.',
    ),
});

const quotaSchema = z.strictObject({
  eventsPerSecond: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(DEFAULT_QUOTA.eventsPerSecond)
    .describe(
      'Events a second that the project may take, on average over a minute: change it if Mixpanel has.',
    ),
  megabytesPerMinute: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(DEFAULT_QUOTA.bytesPerMinute / MB)
    .describe('The same in megabytes a minute, before compression.'),
});

/** A base URL; the issue says what is wrong with it and repeats no credentials. */
export const endpointSchema = z.string().superRefine((endpoint, context) => {
  const flaw = endpointFlaw(endpoint);
  if (flaw !== undefined) context.addIssue({ code: 'custom', message: `the endpoint ${flaw}` });
});

const destinationSchema = z.strictObject({
  region: z.enum(['us', 'eu', 'in']).default('us').describe('Where the Mixpanel project keeps its data.'),
  endpoint: endpointSchema
    .optional()
    .describe('Send to this base URL instead of Mixpanel; plain http only to loopback.'),
  quota: quotaSchema
    .prefault({})
    .describe('What all senders together keep to, each at its part; a test server may allow more.'),
});

/** The knobs, with their bounds. */
export const tuningSchema = z.strictObject({
  workers: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe('Senders that run at once. AWS has no 1: it becomes 2.'),
  memory: z.int().min(128).max(10_240).default(512).describe('Heap budget: memory of one sender, in MB.'),
  recordsPerBatch: z
    .int()
    .min(1)
    .max(API_BATCH_RECORDS_MAX)
    .default(API_BATCH_RECORDS_MAX)
    .describe('Most records in one request.'),
  bytesPerBatch: z
    .int()
    .min(KiB)
    .max(API_BATCH_BYTES_MAX)
    .default(API_BATCH_BYTES_MAX)
    .describe('Most uncompressed bytes in one request.'),
  requestsInFlight: z
    .int()
    .min(1)
    .max(16)
    .default(4)
    .describe('Requests that one sender keeps under way at once.'),
  highWater: z
    .int()
    .min(16)
    .max(500)
    .default(100)
    .describe('Records buffered between two stages: more for an even flow, fewer for less memory.'),
  compress: z.boolean().default(true).describe('gzip the request bodies.'),
  compressionLevel: z.int().min(0).max(9).default(6).describe('gzip level: 1 is fast, 9 is small.'),
  abridged: z.boolean().default(true).describe('Keep counts of what the API answers, not the answers.'),
  throttleMemory: z
    .boolean()
    .default(false)
    .describe('Stop reading the source while memory runs short; go on when there is enough again.'),
  aggressiveGC: z.boolean().default(false).describe('Collect garbage between batches.'),
  verbose: z.boolean().default(false).describe('Log each batch and what became of it.'),
  adaptive: z
    .boolean()
    .default(false)
    .describe(
      'Sample each source first and choose `recordsPerBatch`, `highWater`, `requestsInFlight`, `compressionLevel` and `chunkBytes` by it, where they have their defaults.',
    ),
  chunkBytes: z
    .int()
    .min(4 * KiB)
    .max(512 * MiB)
    .optional()
    .describe(
      'Bytes of the source that one message hands to one sender; of a Parquet file, its rows as JSON. Planned from the size of the source and `workers` unless set.',
    ),
  recordBytesMax: z
    .int()
    .min(KiB)
    .max(API_BATCH_BYTES_MAX)
    .default(MiB)
    .describe('Longest record accepted, in bytes; a longer one is rejected without being held in memory.'),
});

/** How to import. Declared once: types, checks, `--help` and docs/recipe.md come from here. */
export const recipeSchema = z
  .strictObject({
    record: z.enum(['event']).default('event').describe('What the records are.'),
    format: z
      .enum(['auto', ...FORMAT_NAMES])
      .default('auto')
      .describe('How records are laid out; `auto` goes by the first bytes, then by the name.'),
    compression: z
      .enum(['auto', ...READ_COMPRESSIONS])
      .default('auto')
      .describe('How the file is compressed; `auto` goes by its first bytes.'),
    recordsPath: recordsPathSchema
      .optional()
      .describe(
        'Of a JSON file: the keys that lead to the array of records, with dots between them, such as `data.events`.',
      ),
    csv: csvSchema.prefault({}).describe('How a CSV or TSV file is written.'),
    parquet: parquetSchema.prefault({}).describe('What to read of a Parquet file.'),
    fields: fieldsSchema.prefault({}).describe('Where the fields that Mixpanel needs come from.'),
    insertId: z
      .enum(['content', 'position'])
      .default('content')
      .describe(
        'For records without a legal `$insert_id`: `content` makes equal records one event, also over several files; `position` keeps every line of a file apart, for files in which equal lines are different events.',
      ),
    validate: z
      .enum(['on', 'off'])
      .default('on')
      .describe(
        'Whether records are checked before they are sent. `off` is for JSON lines that are Mixpanel events already: each line goes as it is, and what is wrong with one only the API finds.',
      ),
    destination: destinationSchema.prefault({}).describe('Where records go.'),
    preset: z
      .enum(PRESET_NAMES)
      .optional()
      .describe('Knobs for a situation, by name; what `tuning` says counts before it.'),
    tuning: tuningSchema.prefault({}).describe('The knobs.'),
  })
  .superRefine(checkValidateOff);

/** A recipe as a user may write it: everything has a default. */
export type RecipeInput = z.input<typeof recipeSchema>;
/** A recipe with every default filled in. */
export type Recipe = z.output<typeof recipeSchema>;
export type Field = z.output<typeof fieldSchema>;
export type Tuning = Recipe['tuning'];
