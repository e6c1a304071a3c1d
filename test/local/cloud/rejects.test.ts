import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../../local/mixpanel/server.ts';
import { eventIds, eventLines, jsonl } from './events.ts';
import { type RejectLine, readRejects } from './rejects-file.ts';
import { type ScratchCloud, startScratchCloud } from './scratch-cloud.ts';

const MiB = 1024 * 1024;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let simulator: MixpanelSimulator;
let cloud: ScratchCloud;

beforeAll(async () => {
  simulator = await startMixpanelSimulator();
  const tuning = { workers: 2, memory: 256, chunkBytes: 256 * 1024, recordBytesMax: MiB };
  cloud = await startScratchCloud({ endpoint: simulator.url, recipe: { tuning } });
});
afterAll(async () => {
  await cloud.close();
  await simulator.close();
});

const event = (properties: object, name: unknown = 'Bad'): string =>
  JSON.stringify({ event: name, properties });
const whole = { time: 1_700_000_000, distinct_id: 'user' };

/** What is wrong, the line, and its reason. */
const BAD_LINES: readonly [string, string | Buffer, string][] = [
  ['broken JSON', '{"event":"Bad","properties":{', 'INVALID_JSON'],
  ['text', 'not a record at all', 'INVALID_JSON'],
  [
    'no UTF-8',
    Buffer.concat([Buffer.from('{"event":"'), Buffer.from([0xff, 0xc3]), Buffer.from('"}')]),
    'INVALID_UTF8',
  ],
  ['too long', event({ ...whole, note: 'x'.repeat(3_000_000) }), 'RECORD_TOO_LONG'],
  ['an array', '[1,2]', 'NOT_AN_OBJECT'],
  ['a number', '42', 'NOT_AN_OBJECT'],
  ['null', 'null', 'NOT_AN_OBJECT'],
  ['no event', JSON.stringify({ properties: whole }), 'EVENT_MISSING'],
  ['no time', event({ distinct_id: 'user' }), 'TIME_MISSING'],
  ['a time that is none', event({ ...whole, time: 'yesterday' }), 'TIME_INVALID'],
  ['a day that is none', event({ ...whole, time: '2024-02-30' }), 'TIME_INVALID'],
  ['no distinct_id', event({ time: 1_700_000_000 }), 'DISTINCT_ID_MISSING'],
  ['a distinct_id that is none', event({ ...whole, distinct_id: { id: 1 } }), 'DISTINCT_ID_INVALID'],
];

interface Expected {
  readonly offset: number;
  readonly reason: string;
  readonly line: Buffer;
}

/** Bad lines among good and blank ones. */
const hostileFile = (prefix: string): { content: Buffer; expected: Expected[]; good: number } => {
  const good = eventLines(prefix, BAD_LINES.length * 20);
  const parts: Buffer[] = [];
  const expected: Expected[] = [];
  let offset = 0;
  const push = (line: string | Buffer): void => {
    const bytes = Buffer.concat([Buffer.from(line), Buffer.from('\n')]);
    parts.push(bytes);
    offset += bytes.length;
  };
  for (const [i, [, line, reason]] of BAD_LINES.entries()) {
    for (const each of good.slice(i * 20, (i + 1) * 20)) push(each);
    push(i % 2 === 0 ? '' : ' \t\r');
    expected.push({ offset, reason, line: Buffer.from(line) });
    push(line);
  }
  return { content: Buffer.concat(parts), expected, good: good.length };
};

const rawOf = ({ raw, rawBase64 }: RejectLine): Buffer =>
  raw === undefined ? Buffer.from(rawBase64!, 'base64') : Buffer.from(raw);

it.each([
  ['plain', 'hostile.jsonl', (content: Buffer) => content],
  ['gzipped', 'hostile.jsonl.gz', (content: Buffer) => gzipSync(content)],
])(
  'puts every bad line of a %s file aside with its place and reason, and imports the others',
  async (prefix, name, pack) => {
    const { content, expected, good } = hostileFile(prefix);
    const path = join(cloud.folder, name);
    await writeFile(path, pack(content));
    const report = await cloud.importOne(path);
    const rejects = await readRejects(cloud.folder, report.importId);

    expect(report).toMatchObject({
      state: 'complete',
      records: { read: good + expected.length, imported: good, rejected: expected.length, filtered: 0 },
      rejects: { uri: `s3://work/rejects/${report.importId}/` },
    });
    expect(report.rejects.byReason).toEqual(countsOf(expected.map(({ reason }) => reason)));
    expect(rejects.map(({ place, reason }) => ({ offset: place.offset, reason }))).toEqual(
      expected.map(({ offset, reason }) => ({ offset, reason })),
    );
    for (const [i, { line }] of expected.entries()) {
      const raw = rawOf(rejects[i]!);
      expect(raw).toEqual(rejects[i]!.truncated ? line.subarray(0, raw.length) : line);
    }
    expect(rejects.filter(({ truncated }) => truncated).map(({ reason }) => reason)).toEqual([
      'RECORD_TOO_LONG',
    ]);
    for (const id of eventIds(prefix, good)) expect(simulator.insertIds()).toContain(id);
  },
);

it('puts aside what the API refuses, with its own words, and imports the rest of the batch', async () => {
  const prefix = 'future';
  const good = eventLines(prefix, 300);
  const late = event({ ...whole, time: 4_000_000_000, $insert_id: 'too-late' });
  const early = event({ ...whole, time: 1_000, $insert_id: 'too-early' });
  const path = join(cloud.folder, 'future.jsonl');
  await writeFile(path, jsonl([...good.slice(0, 100), late, ...good.slice(100), early]));
  const report = await cloud.importOne(path);
  const rejects = await readRejects(cloud.folder, report.importId);

  expect(report).toMatchObject({ state: 'complete', records: { read: 302, imported: 300, rejected: 2 } });
  expect(rejects.map(({ reason, raw }) => ({ reason, raw }))).toEqual([
    { reason: 'API_REJECTED', raw: late },
    { reason: 'API_REJECTED', raw: early },
  ]);
  expect(rejects[0]!.message).toContain('properties.time');
  expect(Object.keys(report.rejects.byReason).every((reason) => reason.startsWith('API_REJECTED: '))).toBe(
    true,
  );
  for (const id of eventIds(prefix, 300)) expect(simulator.insertIds()).toContain(id);
  expect(simulator.insertIds()).not.toContain('too-late');
});

it('imports a file of nothing but bad lines as nothing but rejections', async () => {
  const path = join(cloud.folder, 'nothing-good.jsonl');
  const lines = Array.from({ length: 20_000 }, (_, i) => `{"number":${i}`);
  await writeFile(path, jsonl(lines));
  const report = await cloud.importOne(path);
  expect(report).toMatchObject({
    state: 'complete',
    records: { read: 20_000, imported: 0, rejected: 20_000 },
    requests: { total: 0 },
    rejects: { byReason: { INVALID_JSON: 20_000 } },
  });
  expect((await readRejects(cloud.folder, report.importId)).map(({ raw }) => raw)).toEqual(lines);
});

const countsOf = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((each) => each === name).length]));
