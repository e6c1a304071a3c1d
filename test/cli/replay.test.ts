import { gzipSync, zstdCompressSync } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../local/mixpanel/server.ts';
import { done, planned } from '../ledger/receipts.ts';
import { eventLines, jsonl } from '../local/cloud/events.ts';
import { type DeployedImporter, reportOf, STACK, startDeployedImporter } from './deployed-importer.ts';
import { type Exit, runFanout } from './run-fanout.ts';
import { createScratchFolder, type ScratchFolder } from './scratch-folder.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let folder: ScratchFolder;
beforeAll(async () => {
  folder = await createScratchFolder();
});
afterAll(() => folder.remove());

it('offers no option that it does not take', async () => {
  const { stderr, stdout } = await runFanout(folder.path, ['replay', '--help']);
  expect(stdout + stderr).toContain('--stack <name>');
  expect(stdout + stderr).not.toContain('--bucket');
});

describe('replay on this machine', () => {
  let simulator: MixpanelSimulator;
  beforeAll(async () => {
    simulator = await startMixpanelSimulator();
  });
  afterAll(() => simulator.close());

  const unique = (): number => simulator.stats().unique ?? Number.NaN;
  const fanout = (...args: string[]): Promise<Exit> => runFanout(folder.path, args);
  const importOne = async (...args: string[]) => {
    const { code, stdout, stderr } = await fanout(...args, '--endpoint', simulator.url, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    return { report: JSON.parse(stdout).imports[0], stderr };
  };

  it('imports what was rejected once the recipe is mended, and nothing twice', async () => {
    const withWhen = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ event: 'Tested', properties: { when: 1_700_000_000 + i, distinct_id: `u${i}` } }),
    );
    const tooLong = JSON.stringify({ event: 'Long', properties: { note: 'x'.repeat(3_000) } });
    await folder.write('mixed.jsonl', jsonl([...eventLines('good', 60), ...withWhen, tooLong]));
    await folder.write('first.json', '{"tuning":{"recordBytesMax":1024}}');
    await folder.write('mended.json', '{"insertId":"position","fields":{"time":{"column":"when"}}}');
    const { report: first } = await importOne('import', 'mixed.jsonl', '--recipe', 'first.json');
    expect(first.records).toMatchObject({ imported: 60, rejected: 41 });
    const before = unique();

    const { report: again, stderr } = await importOne(
      'replay',
      first.importId,
      '--rejects',
      '--recipe',
      'mended.json',
    );
    expect(again.records).toEqual({ read: 40, imported: 40, rejected: 0, filtered: 0 });
    expect(again.source.uri).toContain(
      `.fanout/replays/${first.importId}/rejects-0-of-${first.importId}.jsonl`,
    );
    expect(stderr).toContain(`40 rejected records of ${first.importId} are imported again. Of 1 that`);
    expect(unique()).toBe(before + 40);

    await importOne('replay', first.importId, '--rejects', '--recipe', 'mended.json');
    expect(unique()).toBe(before + 40);
    const none = await fanout('replay', again.importId, '--rejects');
    expect({ code: none.code, stderr: none.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('has rejected none of its 40 records'),
    });
  });

  it.each([
    {
      name: 'sales.csv.zst',
      file: zstdCompressSync(
        'event,when,distinct_id\nSold,1700000000,u1\nSold,1700000001\n"Sold; twice",1700000002,u3\n',
      ),
      recipe: { format: 'csv', compression: 'zstd' },
      unreadable: 1,
    },
    {
      name: 'nested.json',
      file: '{"data":{"events":[{"event":"A","when":1700000000,"distinct_id":"u"},{"event":"B","when":1700000001,"distinct_id":"u"}]}}',
      recipe: { format: 'json', recordsPath: 'data.events' },
      unreadable: 0,
    },
    {
      name: 'sales.tsv',
      file: 'event\twhen\tdistinct_id\nSold\t1700000000\tu\nA "word"\t1700000001\tu\n',
      recipe: { format: 'tsv', csv: { quote: '' } },
      unreadable: 0,
    },
  ])('imports rejected records of $name as the objects that they were', async (each) => {
    const { name, file, recipe, unreadable } = each;
    const mended = { ...recipe, insertId: 'position', fields: { time: { column: 'when' } } };
    await folder.writeBytes(name, Buffer.from(file));
    await folder.write(`${name}.first`, JSON.stringify(recipe));
    await folder.write(`${name}.mended`, JSON.stringify(mended));
    const { report: first } = await importOne('import', name, '--recipe', `${name}.first`);
    expect(first.records).toMatchObject({ imported: 0, rejected: 2 + unreadable });
    const args = ['replay', first.importId, '--rejects', '--recipe', `${name}.mended`];
    const { report: again, stderr } = await importOne(...args);
    expect(again.records).toEqual({ read: 2, imported: 2, rejected: 0, filtered: 0 });
    expect(stderr.includes('1 could not be read as records of their file')).toBe(unreadable === 1);
  });

  it('imports a source again as another import, and every event keeps its id, also one made of its place', async () => {
    const anonymous = Array.from({ length: 50 }, () =>
      JSON.stringify({ event: 'Same', properties: { time: 1_700_000_000, distinct_id: 'u' } }),
    );
    await folder.write('same.jsonl', jsonl(anonymous));
    await folder.write('position.json', '{"insertId":"position"}');
    const before = unique();
    const { report: first } = await importOne('import', 'same.jsonl', '--recipe', 'position.json');
    expect(unique()).toBe(before + 50);
    const { report: again } = await importOne(
      'replay',
      first.importId,
      '--source',
      '--recipe',
      'position.json',
    );
    expect(again.importId).not.toBe(first.importId);
    expect(again.records).toEqual(first.records);
    expect(unique()).toBe(before + 50);
  });

  it.each([
    [['same'], 'Give one of --rejects'],
    [['same', '--rejects', '--source'], 'Give one of --rejects'],
    [['same-jsonl', '--source'], /There is no import same-jsonl in folder .*\. The nearest: same-jsonl-/],
    [[], "missing required argument 'importId'"],
  ])('exits 2 for %j and says why', async (args, message) => {
    const { code, stdout, stderr } = await fanout('replay', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

describe('replay of a deployed importer', () => {
  let importer: DeployedImporter;
  beforeAll(async () => {
    importer = await startDeployedImporter();
    await importer.putReport(reportOf('mine-1', planned(1), done(0)));
    await importer.putReport(reportOf('gone-2', planned(1), done(0)));
    await importer.putReport(reportOf('busy-3', planned(2), done(0, {}, { atMs: Date.now() })));
    const lines = ['{"a":1}', '{"b":2}'].map((raw, offset) =>
      JSON.stringify({ place: { offset, chunk: 0 }, reason: 'TIME_MISSING', message: '', raw }),
    );
    const Body = gzipSync(lines.join('\n'));
    const Key = 'rejects/mine-1/000000-0-0.ndjson.gz';
    await importer.s3.send(new PutObjectCommand({ Bucket: 'work', Key, Body }));
  });
  afterAll(() => importer.close());

  const replay = (...args: string[]): Promise<Exit> =>
    runFanout(folder.path, ['replay', ...args], importer.environment);

  it('drops what was rejected into the Inbox, as a file of its own', async () => {
    const { code, stdout, stderr } = await replay('mine-1', '--rejects', '--stack', STACK);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('2 rejected records of mine-1 are imported again.');
    const Key = 'replays/mine-1/rejects-0-of-mine-1.jsonl';
    const { Body } = await importer.s3.send(new GetObjectCommand({ Bucket: 'inbox', Key }));
    expect(await Body!.transformToString()).toBe('{"a":1}\n{"b":2}\n');
  });

  it.each([
    [['gone-2', '--rejects', '--stack', STACK], 'are not kept any more'],
    [['busy-3', '--rejects', '--stack', STACK], 'busy-3 is still running and may reject more'],
    [['mine-1', '--rejects', '--bucket', 'work'], '--bucket work is not enough for a replay'],
    [['nobody-9', '--source', '--bucket', 'nowhere'], 'Give the --stack.'],
    [
      ['mine-1', '--rejects', '--stack', STACK, '--service-account', 'a:b', '--workers', '3'],
      '--service-account, --workers cannot be given for a deployed importer',
    ],
  ])('exits 2 for %j and says why', async (args, message) => {
    const { code, stderr } = await replay(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});
