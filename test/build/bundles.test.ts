import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, bundleFunction, FUNCTION_NAMES, type FunctionName } from '../../build/bundles.ts';
import { parseDeployConfig } from '../../lib/recipe/deploy-config.ts';
import { governorSettings } from '../../lib/recipe/governor-config.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';

const run = promisify(execFile);
const BYTES_MAX = 1_150_000;
const recipe = parseRecipe({ tuning: { workers: 7 } });

let dir: string;
const bundles = new Map<FunctionName, Bundle>();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fanout-bundles-'));
  for (const name of FUNCTION_NAMES) {
    bundles.set(name, await bundleFunction({ name, outDir: join(dir, name), recipe }));
  }
});

afterAll(() => rm(dir, { recursive: true, force: true }));

describe.each(FUNCTION_NAMES)('the bundle of the %s', (name) => {
  it('holds no CDK and nothing that only runs locally', () => {
    const inputs = Object.keys(bundles.get(name)!.metafile.inputs);
    expect(inputs.length).toBeGreaterThan(10);
    expect(inputs.filter((path) => /aws-cdk|^(infra|local|cli|build|test)\//.test(path))).toEqual([]);
  });

  it('is smaller than 1.15 MB', () => {
    expect(bundles.get(name)!.bytes).toBeLessThan(BYTES_MAX);
  });

  it('needs nothing but Node', async () => {
    expect(externalImports(bundles.get(name)!).filter((path) => !isBuiltin(path))).toEqual([]);
  });

  it('exports a handler, in a directory with no packages beside it', async () => {
    const url = pathToFileURL(bundles.get(name)!.path).href;
    const script = `const { handler } = await import(${JSON.stringify(url)}); console.log(typeof handler);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: dir,
      env: {
        AWS_REGION: 'us-east-1',
        WORK_BUCKET: 'work',
        INTAKE_QUEUE_URL: 'http://127.0.0.1:1/intake',
        CHUNKS_QUEUE_URL: 'http://127.0.0.1:1/chunks',
        RECEIPTS_QUEUE_URL: 'http://127.0.0.1:1/receipts',
        CREDENTIALS_SECRET: 'credentials',
        ENDPOINTS_ALLOWED: '[]',
        MAX_RECEIVE_COUNT: '5',
        SENDER_MAPPING_ID: 'mapping',
        GOVERNOR_SETTINGS: JSON.stringify(
          governorSettings(parseDeployConfig({}, {}).governor, parseRecipe({})),
        ),
      },
      timeout: 20_000,
    });
    expect(stdout.trim()).toBe('function');
  });
});

describe('bundling again', () => {
  it('gives the same bytes, so that an unchanged function is not deployed again', async () => {
    const again = await bundleFunction({ name: 'ledger', outDir: join(dir, 'again'), recipe });
    expect(await readFile(again.path)).toEqual(await readFile(bundles.get('ledger')!.path));
  });
});

describe('the recipe', () => {
  it('lies beside the splitter, and beside no other function', async () => {
    expect(JSON.parse(await readFile(join(dir, 'splitter', 'recipe.json'), 'utf8'))).toEqual(recipe);
    expect(await readdir(join(dir, 'sender'))).toEqual(['index.mjs']);
    expect(await readdir(join(dir, 'ledger'))).toEqual(['index.mjs']);
  });
});

const externalImports = ({ metafile }: Bundle): string[] =>
  Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));

const isBuiltin = (path: string): boolean => path.startsWith('node:') || builtinModules.includes(path);
