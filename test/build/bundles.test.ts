import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, bundleFunction, FUNCTION_NAMES, type FunctionName } from '../../build/bundles.ts';
import { parseDeployConfig } from '../../lib/recipe/deploy-config.ts';
import { governorSettings } from '../../lib/recipe/governor-config.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';

const run = promisify(execFile);
const BYTES_MAX = 600_000;
/** Libraries that few files need. */
const LAZY =
  /node_modules\/(csv-parse|hyparquet|hyparquet-compressors|avsc|yauzl|tar-stream|unbzip2-stream|fzstd)\//;
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

  it('loads less than 600 KB at the start', () => {
    const { bytes } = bundles.get(name)!;
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(BYTES_MAX);
  });

  it('loads no library at the start that few files need', () => {
    const { metafile, path } = bundles.get(name)!;
    expect(inputsAtStart(metafile, path).filter((input) => LAZY.test(input))).toEqual([]);
  });

  it('needs nothing but Node', async () => {
    expect(externalImports(bundles.get(name)!).filter((path) => !isBuiltin(path))).toEqual([]);
  });

  it('loads the HTTP of Node with require, later on too: an import would load fetch', () => {
    const kinds = Object.values(bundles.get(name)!.metafile.outputs)
      .flatMap(({ imports }) => imports)
      .filter(({ path }) => /^(node:)?https?$/.test(path))
      .map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['require-call']));
  });

  it('exports a handler, in a directory with no packages beside it, and without loading fetch', async () => {
    const url = pathToFileURL(bundles.get(name)!.path).href;
    const script = `
      const { handler } = await import(${JSON.stringify(url)});
      console.log(typeof handler, process.moduleLoadList.filter((name) => /undici/.test(name)).length);`;
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
        DECOMPRESSED_BYTES_MAX: '1000000000',
        SENDER_MAPPING_ID: 'mapping',
        GOVERNOR_SETTINGS: JSON.stringify(
          governorSettings(parseDeployConfig({}, {}).governor, parseRecipe({})),
        ),
      },
      timeout: 20_000,
    });
    expect(stdout.trim()).toBe('function 0');
  });
});

describe('bundling again', () => {
  it('gives the same bytes, so that an unchanged function is not deployed again', async () => {
    await bundleFunction({ name: 'sender', outDir: join(dir, 'again'), recipe });
    expect(await filesOf('again')).toEqual(await filesOf('sender'));
  });

  it('leaves nothing of an earlier version', async () => {
    await mkdir(join(dir, 'stale', 'pieces'), { recursive: true });
    await writeFile(join(dir, 'stale', 'pieces', 'old.mjs'), '');
    await bundleFunction({ name: 'sender', outDir: join(dir, 'stale'), recipe });
    expect(await filesOf('stale')).toEqual(await filesOf('sender'));
  });
});

describe('the recipe', () => {
  it('lies beside the splitter, and beside no other function', async () => {
    expect(JSON.parse(await readFile(join(dir, 'splitter', 'recipe.json'), 'utf8'))).toEqual(recipe);
    expect(await readdir(join(dir, 'sender'))).toEqual(['index.mjs', 'pieces']);
    expect(await readdir(join(dir, 'ledger'))).toEqual(['index.mjs', 'pieces']);
  });
});

/** Path and text of each file of a bundle. */
const filesOf = async (name: string): Promise<(readonly [path: string, text: string])[]> => {
  const entries = await readdir(join(dir, name), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths
      .sort()
      .map(async (path) => [relative(join(dir, name), path), await readFile(path, 'utf8')] as const),
  );
};

const externalImports = ({ metafile }: Bundle): string[] =>
  Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path),
  );

/** Source files in the entry, and in what it imports by a statement. */
const inputsAtStart = ({ outputs }: Bundle['metafile'], path: string): string[] => {
  const entry = Object.keys(outputs).find((output) => basename(output) === basename(path))!;
  const reached = new Set([entry]);
  for (const output of reached)
    for (const { kind, path, external } of outputs[output]!.imports)
      if (kind === 'import-statement' && !external) reached.add(path);
  return [...reached].flatMap((output) => Object.keys(outputs[output]!.inputs));
};

const isBuiltin = (path: string): boolean => path.startsWith('node:') || builtinModules.includes(path);
