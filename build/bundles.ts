import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import type { Recipe } from '../lib/recipe/schema.ts';
import { leftOut } from './left-out.ts';

/** The functions that are deployed; each has its entry in functions/<name>.ts. */
export const FUNCTION_NAMES = ['splitter', 'sender', 'ledger', 'governor'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

export interface BundleRequest {
  readonly name: FunctionName;
  /** Directory to write to; made when absent. What else is in it is left alone. */
  readonly outDir: string;
  /** The default recipe; the splitter reads it from its own directory. */
  readonly recipe: Recipe;
}

export interface Bundle {
  /** Absolute path of the module that exports `handler`. */
  readonly path: string;
  readonly bytes: number;
  /** Which source files went in, and how much of each. */
  readonly metafile: Metafile;
}

const PROJECT_DIR = fileURLToPath(new URL('..', import.meta.url));

// undici is CommonJS and calls require(); an ES module has none of its own.
const REQUIRE_BANNER =
  "import{createRequire as moduleCreateRequire}from'node:module';const require=moduleCreateRequire(import.meta.url);";

/**
 * Bundles one function with everything it imports, SDK included, as `<outDir>/index.mjs`; for the
 * splitter also `<outDir>/recipe.json`. What is deployed and what runs locally are both made here,
 * and the same sources give the same bytes wherever they are checked out.
 *
 * @throws esbuild's BuildFailure when the function does not compile
 */
export const bundleFunction = async (request: BundleRequest): Promise<Bundle> => {
  await mkdir(request.outDir, { recursive: true });
  const path = join(request.outDir, 'index.mjs');
  const metafile = await buildEntry(request.name, path);
  if (request.name === 'splitter') await writeRecipe(request);
  const output = Object.values(metafile.outputs)[0]!;
  return { path, bytes: output.bytes, metafile };
};

const buildEntry = async (name: FunctionName, outfile: string): Promise<Metafile> => {
  const { metafile } = await build({
    absWorkingDir: PROJECT_DIR,
    entryPoints: [`functions/${name}.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    banner: { js: REQUIRE_BANNER },
    plugins: [leftOut],
    metafile: true,
    logLevel: 'silent',
  });
  return metafile;
};

const writeRecipe = ({ outDir, recipe }: BundleRequest): Promise<void> =>
  writeFile(join(outDir, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`);
