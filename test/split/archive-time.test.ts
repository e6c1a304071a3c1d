import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseNotification } from '../../lib/plan/notification.ts';
import { resumeNotification } from '../../lib/plan/replay.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { eventLikeText } from '../read/fixtures.ts';
import { tarBytes } from '../read/tar-bytes.ts';
import { zipBytes } from '../read/zip-bytes.ts';
import { splitArchive } from './archive-run.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.jsonl`);
const FILES = NAMES.map((name, n) => ({ name, content: eventLikeText(20_000 + n) }));
const BROKEN = [
  { name: '../x', content: FILES[0]!.content },
  ...FILES.slice(0, 2),
  { name: 'x.bin', content: Buffer.alloc(9) },
];
const GIVEN_MS = 100_000;

/** Each run has its time, and looks `looks` times before most of it is over. */
const hurried = (looks: number) => () => {
  let left = looks;
  return () => (left-- > 0 ? GIVEN_MS : GIVEN_MS / 4);
};

/** Contents of entries are slow to read: each piece takes that long, by a clock that the splitter looks at. */
const slow = (zip: Buffer, readMs: (bytes: number) => number) => {
  let nowMs = 0;
  const source = memorySource(zip, 64 * 1024);
  return {
    openSource: () => ({
      sizeBytes: zip.length,
      async *read(range: { start: number; end: number }) {
        for await (const piece of source.read(range)) {
          if (range.end - range.start > 256 * 1024) nowMs += readMs(piece.length);
          yield piece;
        }
      },
    }),
    clock: () => {
      const startMs = nowMs;
      return () => startMs + GIVEN_MS - nowMs;
    },
  };
};

describe('splitArchive: a zip that takes several runs', () => {
  it.each([1, 3, 8, 20])('is cut as in one run, by runs of %i looks at the clock', async (looks) => {
    const zip = zipBytes([...FILES, ...BROKEN]);
    const once = await splitArchive(zip);
    const often = await splitArchive(zip, { clock: hurried(looks) });
    expect(once.runs).toBe(1);
    expect(often.runs).toBeGreaterThan(1);
    expect(often.chunks).toEqual(once.chunks);
    expect(often.staged).toEqual(once.staged);
    expect(often.report).toEqual(once.report);
    expect(often.report.entries).toEqual({ read: 5, skipped: 0, refused: 4 });
  });

  it('goes on by a message that holds what it must know', async () => {
    const resumed: unknown[] = [];
    await splitArchive(zipBytes(BROKEN), {
      clock: hurried(1),
      continueSplit: async (created) => resumed.push(created),
    });
    const [created] = resumed as Parameters<typeof resumeNotification>;
    expect(parseNotification(resumeNotification(created))).toEqual([created]);
    expect(created.resume).toMatchObject({
      archive: { entry: 1, counts: { refused: 1 }, problems: { total: 1 } },
    });
  });

  it('counts what is decompressed over all runs', async () => {
    const options = { decompressedBytesMax: 70_000 };
    const once = await splitArchive(zipBytes(FILES), options);
    const often = await splitArchive(zipBytes(FILES), { ...options, clock: hurried(1) });
    expect(often.runs).toBe(4);
    expect(often.contents).toEqual(once.contents);
    expect(often.report).toEqual(once.report);
    expect(often.report.failures).toMatchObject([{ code: 'SOURCE_TOO_LARGE' }]);
  });

  it('leaves an entry that it has not the time for to the next run, and sends none of it before', async () => {
    const text = eventLikeText(600_000);
    const zip = zipBytes(
      ['a', 'b', 'c'].map((name) => ({ name: `${name}.jsonl`, content: text, method: 0 })),
    );
    const { contents, chunks, runs, report } = await splitArchive(
      zip,
      slow(zip, (bytes) => bytes / 11),
    );
    expect(runs).toBe(3);
    expect(contents).toEqual({ 'a.jsonl': `${text}`, 'b.jsonl': `${text}`, 'c.jsonl': `${text}` });
    expect(chunks.map(({ chunk }) => chunk)).toEqual(chunks.map((_, n) => n));
    expect(report).toMatchObject({ chunks: { total: chunks.length }, entries: { read: 3 }, failures: [] });
  });

  it('fails at an entry that no run has the time for, after all before it and before any of it', async () => {
    const files = [
      { name: 'a.jsonl', content: eventLikeText(50_000), method: 0 },
      { name: 'large.jsonl', content: eventLikeText(3_000_000), method: 0 },
      { name: 'c.jsonl', content: eventLikeText(50_000), method: 0 },
    ];
    const zip = zipBytes(files);
    const { contents, chunks, report } = await splitArchive(
      zip,
      slow(zip, (bytes) => bytes / 11),
    );
    expect(Object.keys(contents)).toEqual(['a.jsonl']);
    expect(report).toMatchObject({
      entries: { read: 1, skipped: 0, refused: 0 },
      chunks: { total: chunks.length },
      failures: [{ code: 'SOURCE_TOO_SLOW' }],
    });
    expect(report.failures[0]!.message).toContain(
      'The entry "large.jsonl" of s3://inbox/in/a.zip has 3000000 bytes',
    );
    expect(report.failures[0]!.message).toContain('Nothing of it was sent');
  });
});

describe('splitArchive: a tar.gz', () => {
  const options = { key: 'a.tar.gz' };

  it('that cannot be read in one run fails before anything is sent', async () => {
    const files = [1, 2, 3].map((n) => ({ name: `${n}.jsonl`, content: eventLikeText(4_000_000) }));
    const members = gzipSync(await tarBytes(...files));
    const { chunks, report, runs } = await splitArchive(members, {
      ...options,
      ...slow(members, (bytes) => bytes / 8),
    });
    expect(runs).toBe(1);
    expect(chunks).toEqual([]);
    expect(report).toMatchObject({
      state: 'failed',
      chunks: { total: 0 },
      failures: [{ code: 'SOURCE_TOO_SLOW' }],
    });
    expect(report.failures[0]!.message).toContain('Drop its files, or a zip of them');
  });

  it('is not continued at a border of its gzip, since a tar is in order', async () => {
    const tar = await tarBytes(...FILES);
    const members = Buffer.concat([0, 1, 2].map((n) => gzipSync(tar.subarray(n * 40_000, (n + 1) * 40_000))));
    const { runs, contents } = await splitArchive(members, { ...options, clock: hurried(3) });
    expect(runs).toBe(1);
    expect(Object.keys(contents)).toEqual(NAMES);
  });

  it('gives all that is whole of one that is damaged anywhere', async () => {
    const tar = await tarBytes(...FILES);
    const whole = gzipSync(tar);
    const damaged = Buffer.from(tar);
    damaged.fill('x', 2 * 20_992, 2 * 20_992 + 1_024);
    for (const body of [
      whole.subarray(0, whole.length - 9),
      gzipSync(tar.subarray(0, 50_000)),
      gzipSync(damaged),
    ]) {
      const { contents, report, chunks } = await splitArchive(body, options);
      expect(contents['a.jsonl']).toBe(`${FILES[0]!.content}`);
      expect(report).toMatchObject({
        chunks: { total: chunks.length },
        failures: [{ code: 'SOURCE_CORRUPT' }],
      });
      expect(report.failures[0]!.message).toContain('breaks');
      expect(report.failures[0]!.message).not.toContain('parts of the archive');
    }
  });
});
