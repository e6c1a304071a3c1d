import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { done, failed, planned } from '../ledger/receipts.ts';
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

describe('status of a folder', () => {
  const status = (...args: string[]): Promise<Exit> => runFanout(folder.path, ['status', ...args]);
  let good: { importId: string };
  let bad: { importId: string };

  beforeAll(async () => {
    await folder.write('good.jsonl', jsonl([...eventLines('good', 30), 'not JSON']));
    await folder.write('table.csv', '\u0000\u0001, as no table begins');
    const { stdout } = await runFanout(folder.path, ['import', 'good.jsonl', 'table.csv', '--json']);
    [good, bad] = JSON.parse(stdout).imports;
  });

  it('shows the imports as a table, and exits 1 as one has failed', async () => {
    const { code, stdout, stderr } = await status();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`Imports of folder ${folder.path}/.fanout`);
    expect(stderr).toMatch(new RegExp(`complete │ ${good.importId} +│ 1 of 1 +│ 30 +│ 1 `));
    expect(stderr).toMatch(new RegExp(`failed +│ ${bad.importId} +│ 0 of \\? +│ 0 +│ 0 `));
    expect(stderr).toContain('good.jsonl');
    expect(stderr).not.toContain('dead letters');
  });

  it('shows all about one import, with what to do next', async () => {
    const { code, stderr } = await status(good.importId);
    expect(code).toBe(0);
    expect(stderr).toContain('31 read = 30 imported + 1 rejected + 0 filtered');
    expect(stderr).toContain('1 rejected: INVALID_JSON');
    expect(stderr).toContain(`work/rejects/${good.importId}/`);
    expect(stderr).toContain(`fanout replay ${good.importId} --rejects`);
    const failure = await status(bad.importId);
    expect(failure.code).toBe(1);
    expect(failure.stderr).toContain('FORMAT_UNSUPPORTED: "');
    expect(failure.stderr).toContain(`fanout replay ${bad.importId} --source`);
  });

  it('writes reports with the paths of this machine to stdout, at most as many as asked for', async () => {
    const { code, stdout, stderr } = await status('--json', '--limit', '1');
    expect(stderr).toBe('');
    const printed = JSON.parse(stdout);
    expect(printed).toMatchObject({ version: 1, total: 2, queues: [] });
    expect(printed.imports).toHaveLength(1);
    expect(printed.imports[0]).toMatchObject({
      stale: false,
      source: { uri: expect.stringMatching(/^file:/) },
    });
    expect(code).toBe(printed.imports[0].state === 'failed' ? 1 : 0);
  });

  it('ends its watch at once where nothing is under way', async () => {
    const { code, stdout } = await status(good.importId, '--watch', '--json');
    expect({ code, imports: JSON.parse(stdout).imports.length }).toEqual({ code: 0, imports: 1 });
  });

  it.each([
    [
      ['good-jsonl-0'],
      /There is no import good-jsonl-0 in folder .*\.fanout\. The nearest: good-jsonl-[0-9a-f]{20}, table-csv-/,
    ],
    [['../work/reports/x'], /There is no import \.\.\/work\/reports\/x in folder /],
    [['--folder', 'elsewhere'], /No import has left anything in .*elsewhere/],
    [
      ['--folder', '.fanout', '--stack', 'Any'],
      /^--stack and --folder name an importer each: give one of them/,
    ],
    [['--limit', '0'], /--limit 0 is not from 1 to 1000/],
  ])('exits 2 for %j and says why', async (args, message) => {
    const { code, stdout, stderr } = await status(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

describe('status of a deployed importer', () => {
  let importer: DeployedImporter;
  beforeAll(async () => {
    importer = await startDeployedImporter();
    await importer.putReport(reportOf('silent-0', planned(3, Date.parse('2026-01-01'))));
    await importer.putReport(reportOf('broken-1', planned(2), done(0), failed(1)));
    await importer.putReport(reportOf('done-2', planned(1), done(0)));
    await importer.send(importer.queues.chunks.deadLetterUrl, 'one', 'two');
  });
  afterAll(() => importer.close());

  const status = (...args: string[]): Promise<Exit> =>
    runFanout(folder.path, ['status', ...args], importer.environment);

  it('finds bucket and queues through the stack, and counts dead letters', async () => {
    const { code, stdout } = await status('--stack', STACK, '--json');
    expect(code).toBe(1);
    const printed = JSON.parse(stdout);
    expect(printed.queues).toEqual([
      { name: 'intake', waiting: 0, inWork: 0, deadLetters: 0 },
      { name: 'chunks', waiting: 0, inWork: 0, deadLetters: 2 },
      { name: 'receipts', waiting: 0, inWork: 0, deadLetters: 0 },
    ]);
    const states = printed.imports.map((each: { importId: string; state: string; stale: boolean }) => [
      each.importId,
      each.state,
      each.stale,
    ]);
    expect(states.sort()).toEqual([
      ['broken-1', 'failed', false],
      ['done-2', 'complete', false],
      ['silent-0', 'running', true],
    ]);
  });

  it('shows queues beside imports, and what to do about dead letters', async () => {
    const { stderr } = await status('--stack', STACK);
    expect(stderr).toMatch(/stale +│ silent-0/);
    expect(stderr).toMatch(/chunks +│ 0 +│ 0 +│ 2 /);
    expect(stderr).toContain('1 failed');
    expect(stderr).toContain('then: fanout redrive');
  });

  it('needs no stack where the bucket is given, and shows no queues then', async () => {
    const { code, stdout } = await status('done-2', '--bucket', 'work', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ imports: [{ importId: 'done-2' }], queues: [] });
  });

  it('exits 1 for an import that has fallen silent, and says since when', async () => {
    const { code, stderr } = await status('silent-0', '--stack', STACK);
    expect(code).toBe(1);
    expect(stderr).toContain('silent since 2026-01-01T00:00:00.000Z');
  });

  it.each([
    [['--stack', 'Typo'], 2, 'There is no stack Typo in eu-central-1. Deploy it (npx cdk deploy)'],
    [['--stack', 'Old'], 2, 'Stack Old has no output WorkBucketName'],
    [['--bucket', 'nobody'], 1, 'Correct the name, or set AWS_REGION to the Region of the bucket.'],
  ])('says what is wrong with %j', async (args, expected, message) => {
    const { code, stderr } = await status(...args);
    expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringContaining(message) });
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('says how to sign in where there are no credentials', async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...rest } = importer.environment;
    const environment = { ...rest, AWS_EC2_METADATA_DISABLED: 'true', HOME: folder.path };
    const { code, stderr } = await runFanout(folder.path, ['status', '--stack', STACK], environment);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Set AWS_PROFILE') });
  });
});
