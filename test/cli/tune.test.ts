import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { clientOf, startStore, temporaryFolder } from '../local/s3/store-fixture.ts';
import { eventFile } from '../tune/lines.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const FLIGHTS = fileURLToPath(new URL('../../examples/flights/', import.meta.url));

const fanout = async (args: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...environment } });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { stdout, stderr, exitCode };
};

const fileOf = async (name: string, bytes: Buffer): Promise<string> => {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);
  return path;
};

describe('fanout tune', () => {
  it('shows what a file is like and the knobs for it', async () => {
    const { stdout, stderr, exitCode } = await fanout([
      'tune',
      `${FLIGHTS}flights.jsonl`,
      '--recipe',
      `${FLIGHTS}recipe.json`,
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('175 records at 4 places, 0 would be rejected');
    expect(stderr).toMatch(/recordsPerBatch\W+2,000\W+The most that the API takes/);
    expect(stderr).toContain('175 of 175 records have no $insert_id');
  });

  it('writes JSON alone to stdout', async () => {
    const path = await fileOf('a.jsonl.gz', gzipSync(eventFile(300, () => 2_000)));
    const { stdout, exitCode } = await fanout(['tune', path, '--json', '--available-memory', '600']);
    expect(exitCode).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      version: 1,
      sources: [{ uri: path, compression: 'gzip' }],
      profile: { records: 100, density: 'medium' },
      extent: { records: 300, isExact: true },
      recommendation: { workers: { value: 1 } },
      findings: [{ code: 'BEYOND_LIMITS' }],
    });
    expect(document.gzip).toHaveLength(9);
    expect(parseRecipe(document.recipe).tuning.workers).toBe(1);
  });

  it('writes a recipe over the one it was given, and over no other file unless told to', async () => {
    const path = join(await temporaryFolder(), 'tuned.json');
    const args = ['tune', `${FLIGHTS}flights.jsonl`, '--recipe', `${FLIGHTS}recipe.json`, '--write', path];
    expect(await fanout(args)).toMatchObject({ exitCode: 0 });
    const written = JSON.parse(await readFile(path, 'utf8'));
    expect(parseRecipe(written)).toMatchObject({
      insertId: 'position',
      fields: { event: { constant: 'Flight' } },
      tuning: { recordsPerBatch: 2_000, workers: 1 },
    });

    await writeFile(path, 'mine');
    const refused = await fanout(args);
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('exists: give --force');
    expect(await readFile(path, 'utf8')).toBe('mine');

    expect(await fanout([...args, '--force'])).toMatchObject({ exitCode: 0 });
    expect(parseRecipe(JSON.parse(await readFile(path, 'utf8'))).insertId).toBe('position');
  });

  it('looks at an object in S3 with the credentials of the environment', async () => {
    const { store } = await startStore();
    const key = 'in/events 1.jsonl';
    await clientOf(store.url).send(
      new PutObjectCommand({ Bucket: 'work', Key: key, Body: eventFile(5_000) }),
    );
    const environment = {
      AWS_ENDPOINT_URL: store.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    const { stdout, exitCode, stderr } = await fanout(['tune', `s3://work/${key}`, '--json'], environment);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      profile: { records: 150 },
      recommendation: { throttleMemory: { value: true } },
    });

    const vanished = await fanout(['tune', 's3://work/none.jsonl'], environment);
    expect(vanished).toMatchObject({ exitCode: 1, stderr: 's3://work/none.jsonl is not there any more.\n' });
  });

  it('fails where there is no record to go by', async () => {
    const empty = await fanout(['tune', await fileOf('empty.jsonl', Buffer.alloc(0))]);
    expect(empty).toMatchObject({ exitCode: 1 });
    expect(empty.stderr).toContain('No record was found');
    const garbage = await fanout([
      'tune',
      await fileOf('a.jsonl.gz', Buffer.concat([gzipSync('').subarray(0, 10), Buffer.alloc(5_000, 7)])),
    ]);
    expect(garbage).toMatchObject({ exitCode: 1 });
    expect(garbage.stderr).toContain('DAMAGED');
  });

  it.each([
    [['tune'], "missing required argument 'source'"],
    [['tune', '/no/such/file.jsonl'], 'matches no file'],
    [['tune', 's3://bucket'], 'names no object: give s3://BUCKET/KEY'],
    [['tune', `${FLIGHTS}flights.jsonl`, '--available-memory', 'much'], 'is not a whole number'],
    [['import', `${FLIGHTS}flights.jsonl`, '--preset', 'maximum-sped'], 'did you mean "maximum-speed"?'],
  ])('refuses %j', async (args, problem) => {
    const { exitCode, stderr } = await fanout(args);
    expect(stderr).toContain(problem);
    expect(exitCode).toBe(2);
  });
});
