/**
 * What a cold start costs: each bundle in processes of its own, from `import` to its handler, beside an empty module and
 * beside Node's own modules that the bundle imports; and the pieces that are loaded when a file first needs them.
 * `npm run bench -- coldstart [--runs N] [--json] [--append]`. Exits 1 where a bundle misses a target.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bundle, bundleFunction, FUNCTION_NAMES, type FunctionName } from '../build/bundles.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import { type Start, startWith } from './coldstart/load.ts';
import { lookForOthers } from './others.ts';
import { medianOf, PUBLISH_OPTIONS, publish } from './publish.ts';

const KB = 1_000;
const BYTES_MAX = 600 * KB;
const INIT_MS_MAX = 250;

interface StartCost {
  /** Medians. */
  readonly ms: number;
  readonly cpuMs: number;
  readonly residentMB: number;
}

interface FunctionResult extends StartCost {
  readonly name: FunctionName;
  readonly bytes: number;
  readonly lazyBytes: number;
  /** Node's own modules that the bundle imports, and nothing else. */
  readonly nodeOnly: StartCost;
  /** Milliseconds to load a library when a file first needs it, once the handler is there. */
  readonly pieces: Readonly<Record<string, number>>;
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10' }, ...PUBLISH_OPTIONS } });
const runs = Number(values.runs);

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-coldstart-'));
  try {
    const busyCores = await lookForOthers();
    const empty = await measure(await moduleIn(folder, 'empty', []));
    const results: FunctionResult[] = [];
    for (const name of FUNCTION_NAMES) results.push(await measureFunction(folder, name));
    await publish(publishedOf(results, empty), { empty, functions: results }, { ...values, busyCores });
    if (!results.every(isWithin)) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const measureFunction = async (folder: string, name: FunctionName): Promise<FunctionResult> => {
  const bundle = await bundleFunction({ name, outDir: join(folder, name), recipe: parseRecipe({}) });
  const builtins = await moduleIn(folder, `${name}-builtins`, loadBuiltins(bundle));
  const { bytes, lazyBytes, path } = bundle;
  return {
    name,
    bytes,
    lazyBytes,
    ...(await measure(path)),
    nodeOnly: await measure(builtins),
    pieces: await measurePieces(bundle),
  };
};

/** A module with a handler, that does some things first. */
const moduleIn = async (folder: string, name: string, statements: readonly string[]): Promise<string> => {
  const path = join(folder, name, 'index.mjs');
  await mkdir(dirname(path));
  await writeFile(path, [...statements, 'export const handler = () => {};\n'].join('\n'));
  return path;
};

/** Statements that load the modules of Node that a bundle does, as it does. */
const loadBuiltins = ({ metafile }: Bundle): string[] => {
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const builtins = imports.filter(({ external, kind }) => external && kind === 'import-statement');
  return [
    ...new Set(builtins.map(({ path }) => `import '${path}';`)),
    "process.getBuiltinModule('node:http');",
    "process.getBuiltinModule('node:https');",
  ];
};

const measure = async (path: string): Promise<StartCost> => {
  const starts = await startOften([path]);
  if (starts.some(({ loads }) => !loads[0]!.hasHandler)) throw new Error(`${path} exports no handler.`);
  return {
    ms: medianOf(starts.map(({ loads }) => loads[0]!.ms)),
    cpuMs: medianOf(starts.map(({ loads }) => loads[0]!.cpuMs)),
    residentMB: medianOf(starts.map(({ residentMB }) => residentMB)),
  };
};

const measurePieces = async ({ path, metafile }: Bundle): Promise<Record<string, number>> => {
  const pieces: Record<string, number> = {};
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint === undefined || basename(output) === basename(path)) continue;
    const piece = join(dirname(path), 'pieces', basename(output));
    const starts = await startOften([path, piece]);
    pieces[nameOf(entryPoint)] = medianOf(starts.map(({ loads }) => loads[1]!.ms));
  }
  return pieces;
};

/** The package that it is of, or the file of ours. */
const nameOf = (path: string): string => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path;

const startOften = async (paths: readonly string[]): Promise<Start[]> => {
  const starts: Start[] = [];
  for (let run = 0; run < runs; run++) starts.push(await startWith(paths));
  return starts;
};

const isWithin = ({ bytes, ms }: FunctionResult): boolean => bytes <= BYTES_MAX && ms <= INIT_MS_MAX;

const publishedOf = (results: readonly FunctionResult[], empty: StartCost) => ({
  title: 'Cold start',
  command: 'npm run bench -- coldstart',
  method: `Each bundle in processes of its own: milliseconds from \`import\` to the handler, of the clock and of CPU, and resident memory then; median of ${runs}. An empty module takes ${ms(empty.ms)} ms (${ms(empty.cpuMs)} of CPU) and ${ms(empty.residentMB)} MiB; "Node alone" loads only the modules of Node that the bundle imports. Node itself has started before. Pieces are loaded once, when a file first needs them.`,
  head: [
    'function',
    'KB at the start',
    'KB in pieces',
    'ms',
    'CPU ms',
    'Node alone: ms',
    'CPU ms',
    'MiB',
    'pieces, ms',
  ],
  rows: results.map(({ name, bytes, lazyBytes, nodeOnly, pieces, ...start }) => [
    name,
    ms(bytes / KB),
    ms(lazyBytes / KB),
    ms(start.ms),
    ms(start.cpuMs),
    ms(nodeOnly.ms),
    ms(nodeOnly.cpuMs),
    ms(start.residentMB),
    Object.entries(pieces)
      .map(([library, loadMs]) => `${library} ${ms(loadMs)}`)
      .join(', '),
  ]),
  verdict: `${results.filter(isWithin).length} of ${results.length} functions load at most ${BYTES_MAX / KB} KB and are ready within ${INIT_MS_MAX} ms. Of the pieces a sender always needs undici, once it has a chunk.`,
});

const ms = (value: number): string => value.toFixed(0);

await main();
