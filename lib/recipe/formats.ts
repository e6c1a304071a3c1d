import * as z from 'zod';

/** Every format that a file may have; lib/frame/formats.ts has what is done with each. */
export const FORMAT_NAMES = ['jsonl', 'json', 'csv', 'tsv', 'parquet', 'avro'] as const;
/** What the splitter reads through: plain files, single streams, and archives. */
export const READ_COMPRESSIONS = ['none', 'gzip', 'zstd', 'bzip2', 'zip', 'tar.gz'] as const;

const ARCHIVES = ['zip', 'tar.gz'] as const;

export type ArchiveName = (typeof ARCHIVES)[number];
export const isArchive = (compression: CompressionName): compression is ArchiveName =>
  ARCHIVES.some((name) => name === compression);

export type FormatName = (typeof FORMAT_NAMES)[number];
export type CompressionName = (typeof READ_COMPRESSIONS)[number];

const RECORDS_PATH_CHARS_MAX = 1_000;
const COLUMNS_MAX = 2_000;

/** ASCII without line ends, so that it is one unit in each encoding. */
const isSeparator = (text: string): boolean =>
  text.length === 1 && text > '\0' && text < '\x80' && text !== '\r' && text !== '\n';

/** Where the records of a JSON file are. */
export const recordsPathSchema = z
  .string()
  .min(1)
  .max(RECORDS_PATH_CHARS_MAX)
  .refine(
    (path) => !path.split('.').includes(''),
    'must be keys with one dot between them, such as data.events',
  );

export const csvSchema = z
  .strictObject({
    delimiter: z
      .string()
      .refine(isSeparator, 'must be one ASCII character, and no line end')
      .optional()
      .describe(
        'What stands between two fields, one ASCII character; unless set, `,` in CSV and a tab in TSV.',
      ),
    quote: z
      .string()
      .refine(
        (text) => text === '' || isSeparator(text),
        'must be one ASCII character and no line end, or empty',
      )
      .default('"')
      .describe('What a field is quoted with, doubled inside; empty where quotes mean nothing.'),
    encoding: z
      .enum(['utf-8', 'latin1', 'utf-16le'])
      .default('utf-8')
      .describe('How characters are written; `latin1` is read as Windows-1252, as browsers do.'),
    header: z.boolean().default(true).describe('The first record names the columns.'),
    columns: z
      .array(z.string().min(1))
      .min(1)
      .max(COLUMNS_MAX)
      .optional()
      .describe('Names of the columns, for a file without a header or instead of the names in it.'),
    types: z
      .record(z.string(), z.enum(['string', 'number', 'boolean', 'date']))
      .default({})
      .describe('Types of columns by name; a record with a value that is not of the type is rejected.'),
    infer: z
      .boolean()
      .default(true)
      .describe(
        'In columns without a type, make numbers of what a number prints as, and booleans of `true` and `false`.',
      ),
  })
  .refine(({ header, columns }) => header || columns !== undefined, {
    path: ['columns'],
    message: 'must name the columns where `header` is false',
  })
  .refine(({ delimiter, quote }) => delimiter !== quote, {
    path: ['quote'],
    message: 'must not be the delimiter',
  });

const columnNames = z.array(z.string().min(1)).min(1).max(COLUMNS_MAX).optional();

export const parquetSchema = z.strictObject({
  columns: columnNames.describe(
    'The columns to read, by name; all others are never fetched. Unless set, all.',
  ),
  jsonColumns: columnNames.describe(
    'Columns of text that hold JSON, by name: they become what the JSON says. Text that is not JSON stays text.',
  ),
});

export type ParquetSettings = z.output<typeof parquetSchema>;
export type CsvSettings = z.output<typeof csvSchema>;
