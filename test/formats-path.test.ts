import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { importFile } from './import-file.ts';
import { SEEN_EVENTS } from './seen-events.ts';

const EVENTS = SEEN_EVENTS;
const COUNT = EVENTS.length;

const COLUMNS = Object.keys(EVENTS[0]!) as (keyof (typeof EVENTS)[number])[];
const quoted = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;
const table = (delimiter: string, newline: string): string =>
  [COLUMNS, ...EVENTS.map((event) => COLUMNS.map((column) => event[column]))]
    .map((row) => row.map(quoted).join(delimiter) + newline)
    .join('');

const WRITTEN: Readonly<Record<string, { readonly text: string; readonly recipe?: RecipeInput }>> = {
  'a.jsonl': { text: EVENTS.map((event) => `${JSON.stringify(event)}\n`).join('') },
  'array.json': { text: JSON.stringify(EVENTS) },
  'pretty.json': { text: JSON.stringify(EVENTS, null, 2) },
  'objects.json': { text: EVENTS.map((event) => JSON.stringify(event, null, 1)).join('\n') },
  'nested.json': {
    text: JSON.stringify({ meta: { rows: [1] }, data: { events: EVENTS }, end: true }),
    recipe: { recordsPath: 'data.events' },
  },
  'a.csv': { text: table(',', '\n') },
  'crlf.csv': { text: `\uFEFF${table(',', '\r\n')}` },
  'a.tsv': { text: table('\t', '\n') },
};

const COMPRESSED: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  '': (bytes) => bytes,
  '.gz': (bytes) => gzipSync(bytes),
  '.gzip': (bytes) =>
    Buffer.concat(
      [0, 1, 2, 3].map((i) => gzipSync(bytes.subarray((bytes.length * i) / 4, (bytes.length * (i + 1)) / 4))),
    ),
  '.zst': (bytes) => zstdCompressSync(bytes),
};

const CASES = Object.keys(WRITTEN).flatMap((name) =>
  Object.keys(COMPRESSED).flatMap((suffix) =>
    [4_096, 9_999, 1_000_000].map((chunkBytes) => ({ name, suffix, chunkBytes })),
  ),
);
const EXPECTED = EVENTS.map(({ event, ...properties }) => properties);

describe('one data set', () => {
  it.each(CASES)(
    'gives the same events: $name $suffix in chunks of $chunkBytes',
    async ({ name, suffix, chunkBytes }) => {
      const { text, recipe = {} } = WRITTEN[name]!;
      const body = COMPRESSED[suffix]!(Buffer.from(text));
      const { report, chunks, sent } = await importFile({
        key: `${name}${suffix}`,
        body,
        recipe: { ...recipe, tuning: { compress: false, chunkBytes } },
      });
      expect(report.failures).toEqual([]);
      expect(report).toMatchObject({
        state: 'complete',
        records: { read: COUNT, imported: COUNT, rejected: 0, filtered: 0 },
      });
      expect(sent.map(({ $insert_id, ...properties }) => properties)).toEqual(EXPECTED);
      if (chunkBytes < 10_000) expect(chunks).toBeGreaterThan(2);
    },
  );
});

describe('a table that breaks off inside a value', () => {
  it.each(['a.csv.gz', 'a.tsv.gz'])('has no such value: %s', async (key) => {
    const delimiter = key.includes('csv') ? ',' : '\t';
    const rows = ['event,time,distinct_id,n', ...[111, 222, 333].map((n) => `Paid,1700000000,u1,${n}`)];
    const whole = gzipSync(`${rows.join('\n')}\n`.replaceAll(',', delimiter), { level: 0 });
    // The trailer has eight bytes; of the last line `33` and its end go too.
    const recipe = { tuning: { compress: false } };
    const { report, sent } = await importFile({ key, body: whole.subarray(0, -11), recipe });
    expect(sent.map(({ n }) => n)).toEqual([111, 222]);
    expect(report).toMatchObject({
      state: 'failed',
      records: { read: 3, imported: 2, rejected: 1 },
      rejects: { byReason: { CSV_ROW_UNFINISHED: 1 } },
      failures: [{ code: 'SOURCE_CORRUPT' }],
    });
  });
});

describe('a source that takes several runs of the splitter', () => {
  it.each(
    ['array.json', 'nested.json', 'a.csv', 'crlf.csv'].flatMap((name) =>
      ['', '.gzip'].map((suffix) => ({ name, suffix })),
    ),
  )('is cut as in one run: $name $suffix', async ({ name, suffix }) => {
    const { text, recipe = {} } = WRITTEN[name]!;
    const options = {
      key: `${name}${suffix}`,
      body: COMPRESSED[suffix]!(Buffer.from(text)),
      recipe: { ...recipe, tuning: { compress: false, chunkBytes: 4_096 } },
    };
    const once = await importFile(options);
    const hurried = () => {
      let looks = 0;
      return () => (looks++ < 6 ? 100_000 : 25_000);
    };
    const often = await importFile({ ...options, splitterMs: hurried });
    expect(once.runs).toBe(1);
    expect(often.runs).toBeGreaterThan(1);
    expect(often.chunks).toBe(once.chunks);
    expect(often.sent).toEqual(once.sent);
    expect(often.report).toEqual(once.report);
  });
});
