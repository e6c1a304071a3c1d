import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import type { Recipe } from '../lib/recipe/schema.ts';
import { kernelInlined } from './kernel.ts';
import { leftOut } from './left-out.ts';
import { requireHttp } from './require-http.ts';

/** The functions that are deployed; each has its entry in functions/<name>.ts. */
export const FUNCTION_NAMES = ['splitter', 'sender', 'ledger', 'governor'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

export interface BundleRequest {
  readonly name: FunctionName;
  /** Directory to write to; made when absent. `pieces/` in it is emptied first, what else is in it is left alone. */
  readonly outDir: string;
  /** The default recipe; the splitter reads it from its own directory. */
  readonly recipe: Recipe;
}

export interface Bundle {
  /** Absolute path of the module that exports `handler`. */
  readonly path: string;
  /** Loaded before the handler is there: that module and the pieces that it imports. */
  readonly bytes: number;
  /** Pieces that a handler loads when it first needs them. */
  readonly lazyBytes: number;
  /** Which source files went in, and how much of each. */
  readonly metafile: Metafile;
}

const ENTRY = 'index.mjs';
const PIECES = 'pieces';
const PROJECT_DIR = fileURLToPath(new URL('..', import.meta.url));

// Some packages are CommonJS and call require(); an ES module has none of its own.
const REQUIRE_BANNER =
  "import{createRequire as moduleCreateRequire}from'node:module';const require=moduleCreateRequire(import.meta.url);";

/**
 * Bundles one function with everything it imports, SDK included, as `<outDir>/index.mjs`; for the
 * splitter also `<outDir>/recipe.json`. What the function imports with `import()`, such as a parser that few files
 * need, lies apart in `<outDir>/pieces/`. What is deployed and what runs locally are both made here,
 * and the same sources give the same bytes wherever they are checked out.
 *
 * @throws esbuild's BuildFailure when the function does not compile
 */
export const bundleFunction = async (request: BundleRequest): Promise<Bundle> => {
  const { name, outDir } = request;
  await mkdir(outDir, { recursive: true });
  await rm(join(outDir, PIECES), { recursive: true, force: true });
  const metafile = await buildEntry(name, outDir);
  if (name === 'splitter') await writeRecipe(request);
  return { path: join(outDir, ENTRY), ...sizesOf(metafile), metafile };
};

const buildEntry = async (name: FunctionName, outDir: string): Promise<Metafile> => {
  const { metafile } = await build({
    absWorkingDir: PROJECT_DIR,
    entryPoints: { index: `functions/${name}.ts` },
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    chunkNames: `${PIECES}/[name]-[hash]`,
    bundle: true,
    // Without it esbuild would put what is imported with `import()` into the entry, and keep all of what it shares.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    banner: { js: REQUIRE_BANNER },
    plugins: [kernelInlined, leftOut, requireHttp],
    metafile: true,
    logLevel: 'silent',
  });
  return metafile;
};

const sizesOf = ({ outputs }: Metafile): Pick<Bundle, 'bytes' | 'lazyBytes'> => {
  const atStart = new Set<string>();
  const addWithImports = (path: string): void => {
    if (atStart.has(path)) return;
    atStart.add(path);
    for (const { kind, path: imported, external } of outputs[path]!.imports)
      if (kind === 'import-statement' && !external) addWithImports(imported);
  };
  addWithImports(Object.keys(outputs).find((path) => basename(path) === ENTRY)!);
  const bytesOf = (paths: readonly string[]): number =>
    paths.reduce((sum, path) => sum + outputs[path]!.bytes, 0);
  return {
    bytes: bytesOf([...atStart]),
    lazyBytes: bytesOf(Object.keys(outputs).filter((path) => !atStart.has(path))),
  };
};

const writeRecipe = ({ outDir, recipe }: BundleRequest): Promise<void> =>
  writeFile(join(outDir, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`);
