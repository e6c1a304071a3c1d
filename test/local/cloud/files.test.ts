import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { avroFile } from '../../frame/avro/avro-files.ts';
import { flat, parquetFile } from '../../frame/parquet/parquet-files.ts';
import { eventIds, eventLines, jsonl } from './events.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { type ScratchCloud, startScratchCloud } from './scratch-cloud.ts';

const KiB = 1024;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let receiver: Receiver;
let cloud: ScratchCloud;

beforeAll(async () => {
  receiver = await startReceiver();
  const tuning = { workers: 2, memory: 256, chunkBytes: 32 * KiB };
  cloud = await startScratchCloud({ endpoint: receiver.url, recipe: { tuning } });
});
afterAll(async () => {
  await cloud.close();
  await receiver.close();
});

const write = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(cloud.folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
};

const receivedIds = (prefix: string): string[] =>
  [...receiver.events.keys()].filter((id) => id.startsWith(`${prefix}-`));

/** Every event of the file came once, and its report says so. */
const expectWhole = async (path: string, prefix: string, count: number): Promise<void> => {
  const before = receiver.received();
  const report = await cloud.importOne(path);
  expect(report).toMatchObject({
    state: 'complete',
    chunks: { done: report.chunks.total, failed: 0 },
    records: { read: count, imported: count, rejected: 0, filtered: 0 },
    failures: [],
  });
  expect(new Set(receivedIds(prefix))).toEqual(new Set(eventIds(prefix, count)));
  expect(receiver.received() - before).toBe(count);
};

it('imports a plain file in many chunks', async () => {
  const path = await write('plain.jsonl', jsonl(eventLines('plain', 3_000)));
  await expectWhole(path, 'plain', 3_000);
});

it('counts every byte of a plain file once, in chunks of the size the recipe says', async () => {
  const content = jsonl(eventLines('bytes', 2_000));
  const report = await cloud.importOne(await write('bytes.jsonl', content));
  expect(report.chunks.total).toBe(Math.ceil(content.length / (32 * KiB)));
  expect(report.bytes).toMatchObject({ read: content.length, sent: content.length });
});

it('imports a gzipped file in many chunks', async () => {
  const content = jsonl(eventLines('gzip', 3_000));
  const path = await write('events.jsonl.gz', gzipSync(content));
  await expectWhole(path, 'gzip', 3_000);
});

it('imports every member of a gzip file, wherever they are cut', async () => {
  const content = Buffer.from(jsonl(eventLines('members', 2_000)));
  const cuts = [0, 7, 100_001, 100_001, content.length];
  const members = cuts.slice(1).map((end, i) => gzipSync(content.subarray(cuts[i], end)));
  const path = await write('members.ndjson.gz', Buffer.concat(members));
  await expectWhole(path, 'members', 2_000);
});

it.each(['SNAPPY', 'GZIP', 'ZSTD', 'BROTLI', 'LZ4_RAW'] as const)(
  'imports a Parquet file by rows: %s',
  async (codec) => {
    const prefix = `parquet-${codec.replace('_', '-')}`;
    const events = eventLines(prefix, 900).map((line) => JSON.parse(line));
    const file = parquetFile(
      [
        flat(
          { name: 'event', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
          events.map(({ event }) => event),
        ),
        flat(
          { name: 'properties', type: 'BYTE_ARRAY', converted_type: 'JSON' },
          events.map(({ properties }) => properties),
        ),
      ],
      { codec, rowGroupSize: 300 },
    );
    await expectWhole(await write(`${prefix}.parquet`, file), prefix, 900);
  },
);

it.each(['deflate', 'snappy', 'zstandard'])('imports an Avro file by blocks: %s', async (codec) => {
  const prefix = `avro-${codec}`;
  const events = eventLines(prefix, 3_000).map((line) => JSON.parse(line));
  const schema = {
    type: 'record',
    name: 'Event',
    fields: [
      { name: 'event', type: 'string' },
      { name: 'properties', type: { type: 'map', values: ['long', 'string'] } },
    ],
  };
  await expectWhole(await write(`${prefix}.avro`, await avroFile(schema, events, { codec })), prefix, 3_000);
});

it('imports several files at once, each with a report of its own', async () => {
  const names = ['several-a', 'several-b', 'several-c'];
  const paths = await Promise.all(names.map((name) => write(`${name}.jsonl`, jsonl(eventLines(name, 400)))));
  const reports = await cloud.importAll(...paths);
  expect(reports.map(({ records }) => records.imported)).toEqual([400, 400, 400]);
  expect(new Set(reports.map(({ importId }) => importId)).size).toBe(3);
  for (const name of names) expect(receivedIds(name).length).toBe(400);
});

it.each([
  ['spaces', 'a folder/two  spaces.jsonl'],
  ['plus', 'a+b+.jsonl'],
  ['hash', 'part #1.jsonl'],
  ['percent', '100%25 %2F.jsonl'],
  ['letters', 'Übergröße/データ-ёж-😀.jsonl'],
  ['quotes', `it's "quoted" & <marked>.jsonl`],
])('imports a file with %s in its name', async (prefix, name) => {
  await expectWhole(await write(name, jsonl(eventLines(prefix, 50))), prefix, 50);
});

it.each([
  ['nothing', '', 0],
  ['blank', '\n\r\n \t\n\n', 0],
  ['unended', eventLines('unended', 3).join('\n'), 3],
  ['crlf', `${eventLines('crlf', 700).join('\r\n')}\r\n`, 700],
  ['mark', `\u{feff}${jsonl(eventLines('mark', 3))}`, 3],
  ['gaps', `\n\n${eventLines('gaps', 5).join('\n \n\n')}\n\n`, 5],
])('imports a file with an unusual shape: %s', async (prefix, content, count) => {
  await expectWhole(await write(`${prefix}.jsonl`, content), prefix, count);
  await expectWhole(await write(`${prefix}.jsonl.gz`, gzipSync(content)), prefix, count);
});

it('imports a line longer than a chunk', async () => {
  const long = eventLines('long', 3, { note: 'x'.repeat(100 * KiB) });
  const path = await write('long.jsonl', jsonl([...long, ...eventLines('long-short', 3)]));
  const report = await cloud.importOne(path);
  expect(report.records).toMatchObject({ read: 6, imported: 6 });
  expect(report.chunks.total).toBeGreaterThan(6);
});

it.each(['table.parquet', 'events'])('refuses %s and says what would do', async (name) => {
  const report = await cloud.importOne(await write(name, 'a,b\n1,2\n'));
  expect(report).toMatchObject({
    state: 'failed',
    records: { read: 0 },
    failures: [{ chunk: null, code: 'FORMAT_UNSUPPORTED' }],
  });
  expect(report.failures[0]!.message).toContain('Known are jsonl, json, csv');
  expect(report.timing.finishedAt).not.toBeNull();
});

it('imports what a truncated gzip file holds before it breaks, and says where it does', async () => {
  const lines = eventLines('truncated', 4_000);
  const whole = gzipSync(jsonl(lines));
  const report = await cloud.importOne(
    await write('truncated.jsonl.gz', whole.subarray(0, whole.length / 2)),
  );
  expect(report).toMatchObject({ state: 'failed', failures: [{ chunk: null, code: 'SOURCE_CORRUPT' }] });
  expect(report.failures[0]!.message).toMatch(/after \d+ decompressed bytes/);
  const { read, imported, rejected } = report.records;
  expect(imported + rejected).toBe(read);
  expect(imported).toBeGreaterThan(500);
  expect(receivedIds('truncated').sort()).toEqual(eventIds('truncated', imported).sort());
});

it.each([
  ['garbage', Buffer.concat([gzipSync('').subarray(0, 10), Buffer.from('this was never gzip')])],
  [
    'garbage-behind',
    Buffer.concat([gzipSync(jsonl(eventLines('garbage-behind', 10))), Buffer.from('garbage')]),
  ],
])('tells %s in a gzip file from its contents', async (prefix, content) => {
  const report = await cloud.importOne(await write(`${prefix}.jsonl.gz`, content));
  expect(report).toMatchObject({ state: 'failed', failures: [{ chunk: null, code: 'SOURCE_CORRUPT' }] });
  expect(receivedIds(prefix).length).toBe(report.records.imported);
});

it('fails clearly when the file vanishes before all of it is read', async () => {
  const path = await write('vanished.jsonl', jsonl(eventLines('vanished', 3_000)));
  const release = receiver.hold();
  const { importId } = await cloud.drop(path);
  await rm(path);
  release();
  const { state, failures } = await cloud.reportAtEnd(importId);
  expect(state).toBe('failed');
  expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['SOURCE_VANISHED']));
  expect(failures[0]!.message).toContain('vanished.jsonl is not there any more');
});

it('fails the rest of a file that changes while it is imported, and does not mix its versions', async () => {
  const path = await write('changed.jsonl', jsonl(eventLines('changed', 3_000)));
  const release = receiver.hold();
  const { importId } = await cloud.drop(path);
  await receiver.nextRequest();
  await writeFile(path, jsonl(eventLines('changed-later', 3_000)));
  release();
  const { state, failures, chunks, records } = await cloud.reportAtEnd(importId);
  expect(state).toBe('failed');
  expect(chunks.done).toBeGreaterThanOrEqual(1);
  expect(chunks.done + chunks.failed).toBe(chunks.total);
  expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['SOURCE_CHANGED']));
  expect(receivedIds('changed-later')).toEqual([]);
  expect(receivedIds('changed').length).toBe(records.imported);
});
