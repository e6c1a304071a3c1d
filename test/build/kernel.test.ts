import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleFunction } from '../../build/bundles.ts';
import { assembleKernel, kernelInlined } from '../../build/kernel.ts';
import type { RecordRun } from '../../lib/frame/record.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { divideRun } from '../../lib/transform/divide-run.ts';
import { createSplicer } from '../../lib/transform/splice/splicer.ts';

const PROJECT_DIR = fileURLToPath(new URL('../..', import.meta.url));
const MiB = 1024 * 1024;
const WHOLE = '{"event":"E","properties":{"time":1,"distinct_id":"u","$insert_id":"e-1"}}';
/** Its time is a text. */
const NEARLY = WHOLE.replace(':1,', ':"2023-11-14",');
const ORIGIN = { uri: 's3://inbox/a.jsonl', etag: 'e', offset: 0 };
const BARE = '{"event":"E"}';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fanout-kernel-'));
});

afterEach(() => vi.restoreAllMocks());

afterAll(() => rm(dir, { recursive: true, force: true }));

const runOf = (lines: readonly string[]): RecordRun => {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  let end = 0;
  const ends = lines.map((line) => {
    end += Buffer.byteLength(line) + 1;
    return end;
  });
  return { kind: 'run', offset: 0, bytes, ends };
};

const bundledDivideRun = async (name: string): Promise<typeof divideRun> => {
  const outfile = join(dir, `${name}.mjs`);
  const entryPoints = [join(PROJECT_DIR, 'lib/transform/divide-run.ts')];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    plugins: [kernelInlined],
  });
  return (await import(pathToFileURL(outfile).href)).divideRun;
};

describe('the kernel in a bundle', () => {
  it('divides runs as the source does, of any length', async () => {
    const bundled = await bundledDivideRun('same');
    const long = WHOLE.replace('"u"', `"${'u'.repeat(MiB)}"`);
    for (const lines of [
      [WHOLE],
      [BARE, WHOLE, WHOLE, BARE, '{"event":"é","properties":{}}', WHOLE],
      [NEARLY, NEARLY, WHOLE, BARE, NEARLY, long, NEARLY],
      [WHOLE, long, BARE, WHOLE],
      [WHOLE.replace('e-1', 'NULL'), WHOLE],
    ]) {
      const run = runOf(lines);
      for (const splice of [undefined, createSplicer(parseRecipe({}), ORIGIN)]) {
        const parts = divideRun(run, { mayPass: true, splice });
        expect(bundled(run, { mayPass: true, splice })).toEqual(parts);
      }
    }
  });

  it('is compiled once, when the first run comes', async () => {
    const bundled = await bundledDivideRun('lazy');
    const compile = vi.spyOn(WebAssembly, 'Module');
    bundled(runOf([WHOLE]), { mayPass: true });
    bundled(runOf([WHOLE, BARE]), { mayPass: true });
    expect(compile).toHaveBeenCalledTimes(1);
  });

  it('is there for the sender, and for no function that looks at no record', async () => {
    const code = Buffer.from(await assembleKernel()).toString('base64');
    const recipe = parseRecipe({});
    const sender = await bundleFunction({ name: 'sender', outDir: join(dir, 'sender'), recipe });
    expect(await readFile(sender.path, 'utf8')).toContain(code);
    const ledger = await bundleFunction({ name: 'ledger', outDir: join(dir, 'ledger'), recipe });
    expect(Object.keys(ledger.metafile.inputs)).not.toContain('lib/transform/kernel-code.ts');
  });
});

describe('assembling the kernel', () => {
  it('gives a few KB, and the same ones again', async () => {
    const code = await assembleKernel();
    expect(code.length).toBeLessThan(4_096);
    expect(await assembleKernel()).toEqual(code);
  });
});
