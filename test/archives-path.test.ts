import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importFile } from './import-file.ts';
import { tarBytes } from './read/tar-bytes.ts';
import { zipBytes } from './read/zip-bytes.ts';
import { SEEN_EVENTS } from './seen-events.ts';

const COUNT = SEEN_EVENTS.length;
const EXPECTED = SEEN_EVENTS.map(({ event, ...properties }) => properties);

type Events = typeof SEEN_EVENTS;

const lines = (events: Events): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');
const quoted = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;
const table = (events: Events, delimiter: string): string =>
  [Object.keys(SEEN_EVENTS[0]!), ...events.map((event) => Object.values(event))]
    .map((row) => `${row.map(quoted).join(delimiter)}\n`)
    .join('');

/** A fourth of the data set in each of four entries, no two alike. */
const QUARTERS = [0, 1, 2, 3].map((n) => SEEN_EVENTS.slice((n * COUNT) / 4, ((n + 1) * COUNT) / 4));
const FILES = [
  { name: '2026/01.json.gz', content: gzipSync(lines(QUARTERS[0]!)) },
  { name: '2026/02.csv', content: Buffer.from(table(QUARTERS[1]!, ',')) },
  { name: '2026/03.json.zst', content: zstdCompressSync(JSON.stringify(QUARTERS[2], null, 1)) },
  { name: '2026/04.tsv', content: Buffer.from(table(QUARTERS[3]!, '\t')) },
];

const ARCHIVES: Readonly<Record<string, Buffer>> = {
  'deflated.zip': zipBytes(FILES),
  'stored.zip': zipBytes(FILES.map((file) => ({ ...file, method: 0 }))),
  'zip64.zip': zipBytes(FILES, { isZip64: true }),
  'a.tar.gz': gzipSync(await tarBytes(...FILES)),
};
const CASES = Object.keys(ARCHIVES).flatMap((key) =>
  [4_096, 9_999, 1_000_000].map((chunkBytes) => ({ key, chunkBytes })),
);

describe('one data set, a fourth in each entry of an archive', () => {
  it.each(CASES)('gives the same events: $key in chunks of $chunkBytes', async ({ key, chunkBytes }) => {
    const recipe = { tuning: { compress: false, chunkBytes } };
    const { report, chunks, sent } = await importFile({ key, body: ARCHIVES[key]!, recipe });
    expect(report.failures).toEqual([]);
    expect(report).toMatchObject({
      state: 'complete',
      entries: { read: 4, skipped: 0, refused: 0 },
      records: { read: COUNT, imported: COUNT, rejected: 0, filtered: 0 },
    });
    expect(sent.map(({ $insert_id, ...properties }) => properties)).toEqual(EXPECTED);
    if (chunkBytes < 5_000) expect(chunks).toBeGreaterThan(8);
  });

  it.each(['deflated.zip', 'stored.zip'])('gives them in several runs of the splitter: %s', async (key) => {
    const options = { key, body: ARCHIVES[key]!, recipe: { tuning: { compress: false, chunkBytes: 4_096 } } };
    const once = await importFile(options);
    const often = await importFile({
      ...options,
      splitterMs: () => {
        let looks = 0;
        return () => (looks++ < 2 ? 100_000 : 25_000);
      },
    });
    expect(once.runs).toBe(1);
    expect(often.runs).toBe(4);
    expect(often.chunks).toBe(once.chunks);
    expect(often.sent).toEqual(once.sent);
    expect(often.report).toEqual(once.report);
  });
});

describe('an archive whose notifications and chunks come twice', () => {
  it.each(Object.keys(ARCHIVES))('has the report of one where they come once: %s', async (key) => {
    const options = { key, body: ARCHIVES[key]!, recipe: { tuning: { compress: false, chunkBytes: 4_096 } } };
    const [once, twice] = await Promise.all([importFile(options), importFile({ ...options, times: 2 })]);
    expect(twice.report).toEqual(once.report);
    expect(twice.sent).toEqual(once.sent);
    expect(twice.chunks).toBe(2 * once.chunks);
  });
});

describe('ids of position in an archive', () => {
  const equal = gzipSync('{"event":"a","time":1700000000,"distinct_id":"u"}\n'.repeat(200));
  const files = ['a', 'b'].map((name) => ({ name: `${name}.jsonl.gz`, content: equal }));
  const idsFor = async (chunkBytes: number) => {
    const recipe = { insertId: 'position' as const, tuning: { compress: false, chunkBytes } };
    const { sent } = await importFile({ key: 'a.zip', body: zipBytes(files), recipe });
    return new Set(sent.map(({ $insert_id }) => $insert_id));
  };

  it('keep equal lines at equal places of two entries apart, whatever the size of a chunk', async () => {
    const ids = await idsFor(4_096);
    expect(ids.size).toBe(400);
    expect(await idsFor(1_000_000)).toEqual(ids);
  });
});
