import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../lib/read/memory.ts';
import { expectAccounted } from './accounted.ts';
import { damage, damaged } from './frame/damage.ts';
import { importFile } from './import-file.ts';
import { eventLikeText, eventLines } from './read/fixtures.ts';
import { tarBytes } from './read/tar-bytes.ts';
import { zipBytes } from './read/zip-bytes.ts';
import { SEEN_EVENTS } from './seen-events.ts';
import { splitArchive } from './split/archive-run.ts';

const TIMEOUT_MS = 120_000;
const LINES = Buffer.from(SEEN_EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(''));
const FILES = [
  { name: 'a.jsonl', content: LINES },
  { name: 'd/b.json.gz', content: gzipSync(LINES), method: 0 },
  { name: 'c.csv', content: Buffer.from(`event,time,distinct_id\n${'seen,1700000000,u\n'.repeat(300)}`) },
  { name: 'd.jsonl', content: LINES, method: 0 },
];
const TAR = await tarBytes(...FILES.map(({ name, content }) => ({ name, content })));
const recipe = { tuning: { compress: false, chunkBytes: 4_096 } };

const DAMAGED = [
  ['a.zip', (changes: Parameters<typeof damaged>[1]) => damaged(zipBytes(FILES), changes)],
  [
    '64.zip',
    (changes: Parameters<typeof damaged>[1]) => damaged(zipBytes(FILES, { isZip64: true }), changes),
  ],
  ['a.tar.gz', (changes: Parameters<typeof damaged>[1]) => damaged(gzipSync(TAR), changes)],
  ['its-tar.tar.gz', (changes: Parameters<typeof damaged>[1]) => gzipSync(damaged(TAR, changes))],
] as const;

describe('a damaged archive', () => {
  it.each(DAMAGED)(
    'is accounted for to its last record: %s',
    async (key, damagedBy) => {
      await fc.assert(
        fc.asyncProperty(damage, async (changes) => {
          expectAccounted(await importFile({ key, body: damagedBy(changes), recipe }));
        }),
        { numRuns: 40, seed: 21 },
      );
    },
    TIMEOUT_MS,
  );

  it('keeps nothing of the entries that are whole from being imported, in a zip', async () => {
    const zip = zipBytes(FILES);
    const [first, last] = ['a.jsonl', 'd.jsonl'].map((name) => zip.indexOf(name));
    zip.fill(0xff, first! + 1_000, first! + 1_100);
    zip.fill('x', last! + 1_000, last! + 1_001);
    const { report, contents } = await splitArchive(zip);
    expect(contents['d/b.json.gz']).toBe(`${LINES}`);
    expect(contents['d.jsonl']!.slice(-1_000)).toBe(`${LINES}`.slice(-1_000));
    expect(report.entries).toEqual({ read: 3, skipped: 0, refused: 1 });
    expect(report.failures).toMatchObject([{ code: 'SOURCE_CORRUPT' }]);
    expect(report.failures[0]!.message).toMatch(/"a\.jsonl" of the zip.*"d\.jsonl" of the zip/);
  });

  it(
    'is cut into the same chunks however its bytes arrive, since entries are numbered on behind damage',
    async () => {
      const text = eventLikeText(400_000);
      const files = ['a', 'b', 'c'].map((name) => ({ name: `${name}.jsonl`, content: text }));
      const archives = [
        zipBytes(files),
        zipBytes(files.map((file) => ({ ...file, content: gzipSync(text) }))),
      ];
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...archives),
          damage,
          fc.integer({ min: 500, max: 90_000 }),
          async (archive, changes, pieceBytes) => {
            const body = damaged(archive, changes);
            const once = await splitArchive(body);
            const again = await splitArchive(body, {
              openSource: () => memorySource(body, pieceBytes),
            });
            expect(again.report).toEqual(once.report);
            expect(again.chunks.map(({ object }) => object)).toEqual(once.chunks.map(({ object }) => object));
          },
        ),
        { numRuns: 40, seed: 22 },
      );
    },
    TIMEOUT_MS,
  );
});

describe('an archive of a stranger', () => {
  it('may be any bytes behind the first four', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('504b0304', '504b0506'),
        fc.uint8Array({ maxLength: 300 }),
        async (magic, bytes) => {
          const body = Buffer.concat([Buffer.from(magic, 'hex'), bytes, eventLines('a', 3)]);
          const { report } = await splitArchive(body);
          expect(report).toMatchObject({
            state: 'failed',
            chunks: { total: 0 },
            failures: [{ code: 'SOURCE_CORRUPT' }],
          });
        },
      ),
      { numRuns: 100, seed: 23 },
    );
  });
});
