import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { eventLines, jsonl } from '../local/cloud/events.ts';
import { type Exit, runFanout } from './run-fanout.ts';
import { createScratchFolder, type ScratchFolder } from './scratch-folder.ts';

/** An import starts seven processes, which a busy machine takes long for. */
vi.setConfig({ testTimeout: 120_000 });

let folder: ScratchFolder;
beforeAll(async () => {
  folder = await createScratchFolder();
});
afterAll(() => folder.remove());

const fanout = (...args: string[]): Promise<Exit> => runFanout(folder.path, args);

describe('import', () => {
  it('exits 0 when every record is accounted for, with only JSON on stdout and the same in the report file', async () => {
    const good = await folder.write('good events #1.jsonl', jsonl([...eventLines('good', 500), 'not JSON']));
    await folder.write('second.jsonl', jsonl(eventLines('second', 20)));
    const args = ['good events #1.jsonl', 'second.jsonl', '--json', '--report', 'report.json'];
    const { code, stdout, stderr } = await fanout('import', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('520 events') });
    const printed = JSON.parse(stdout);
    expect(printed).toMatchObject({
      version: 1,
      imports: [
        {
          state: 'complete',
          source: { uri: pathToFileURL(good).href },
          records: { read: 501, imported: 500, rejected: 1, filtered: 0 },
          rejects: { byReason: { INVALID_JSON: 1 } },
          failures: [],
        },
        { state: 'complete', records: { read: 20, imported: 20, rejected: 0, filtered: 0 } },
      ],
    });
    expect(Object.keys(printed)).toEqual(['version', 'imports']);
    expect(JSON.parse(await readFile(join(folder.path, 'report.json'), 'utf8'))).toEqual(printed);
    const [{ importId, rejects }] = printed.imports;
    expect(rejects.uri).toBe(`${pathToFileURL(join(folder.path, '.fanout/work/rejects', importId)).href}/`);
  });

  it('exits 1 when an import could not be completed, and shows why', async () => {
    await folder.write('table.csv', '\u0000\u0001, as no table begins');
    await folder.write('fine.jsonl', jsonl(eventLines('fine', 5)));
    const { code, stdout, stderr } = await fanout('import', 'table.csv', 'fine.jsonl');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/FAILED .*table\.csv/);
    expect(stderr).toContain('FORMAT_UNSUPPORTED: "');
    expect(stderr).toMatch(/COMPLETE .*fine\.jsonl/);
    expect(stderr).toContain('5 read = 5 imported + 0 rejected + 0 filtered');
  });

  it('exits 1 at once when nothing listens at the endpoint', async () => {
    await folder.write('lost.jsonl', jsonl(eventLines('lost', 5)));
    const { code, stderr } = await fanout('import', 'lost.jsonl', '--endpoint', 'http://127.0.0.1:9');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('Nothing answers at http://127.0.0.1:9 (ECONNREFUSED)'),
    });
  });
});

describe('wrong usage', () => {
  it.each([
    [['imprt', 'a.jsonl'], "unknown command 'imprt'\n(Did you mean import?)"],
    [['import', 'a', '--worker', '2'], "unknown option '--worker'\n(Did you mean --workers?)"],
    [['import', 'a', '--workers', 'two'], '"two" is not a whole number.'],
    [['import', 'a', '--region', 'mars'], 'destination.region'],
    [['import', 'missing.jsonl'], '"missing.jsonl" matches no file'],
    [['import', 'there.jsonl', '--endpoint', 'https://proxy.example'], 'No credentials for proxy.example'],
    [['import', 'there.jsonl', '--token', ''], '"token" in the secret'],
    [
      ['import', 'there.jsonl', '--report', 'no/such/report.json'],
      '--report no/such/report.json cannot be written',
    ],
    [
      ['import', 'there.jsonl', '--folder', 'there.jsonl'],
      'there.jsonl cannot be made (EEXIST): give a folder',
    ],
  ])('exits 2 for %j and says what is wrong, without a stack', async (args, message) => {
    await folder.write('there.jsonl');
    const { code, stdout, stderr } = await fanout(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

it('tells its version', async () => {
  expect(await fanout('--version')).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
});

it.each([[['--help']], [['import', '--help']]])('shows examples for %j', async (args) => {
  const { code, stdout, stderr } = await fanout(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Examples:');
  expect(stdout).toMatch(/\$ npm run -s fanout -- import events\.jsonl/);
});
