import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

interface Replacement {
  /** Path of the module that is replaced, `/` between its parts. */
  readonly file: RegExp;
  /** An ES module made of the module's own text: importing a name that it lacks fails the build. */
  readonly contents: (text: string) => string;
}

/** What nothing in a function reaches, and esbuild cannot know of. */
const REPLACEMENTS: readonly Replacement[] = [
  // Lambda hands credentials over in the environment: no profiles, single sign-on or metadata service.
  {
    file: /\/@aws-sdk\/credential-provider-node\/dist-es\/index\.js$/,
    contents: () => "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
  },
  // A client has the shapes of every operation of its service. Marked as pure, those of other operations go.
  {
    file: /\/@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_\d+\.js$/,
    contents: (text) => text.replace(SHAPE, '$1/* @__PURE__ */ (() => ($2))();'),
  },
  // Clients tell their version; the rest of their package.json is for npm.
  {
    file: /\/@aws-sdk\/[^/]+\/package\.json$/,
    contents: (text) => `export default ${JSON.stringify({ version: JSON.parse(text).version })};`,
  },
  // What browsers call themselves.
  {
    file: /\/util-user-agent-browser\/createUserAgentStringParsingProvider\.js$/,
    contents: () => 'export const createUserAgentStringParsingProvider = undefined;',
  },
  // Of undici only the pool is used, no fetch, mocks, caches, web sockets; undici gives it its methods like this too.
  {
    file: /\/undici\/index\.js$/,
    contents: () => `
      import api from './lib/api/index.js';
      import Dispatcher from './lib/dispatcher/dispatcher.js';
      export { default as Pool } from './lib/dispatcher/pool.js';
      Object.assign(Dispatcher.prototype, api);`,
  },
  // undici's other HTTP parsers, for processors without SIMD and behind an environment variable.
  {
    file: /\/undici\/lib\/(milo\/(no-)?simd|llhttp\/llhttp-wasm)\.js$/,
    contents: () => "throw new Error('This parser of undici is left out of the bundle.');",
  },
  // zod's messages in some fifty languages; English is not among these.
  { file: /\/zod\/v4\/locales\/index\.js$/, contents: () => 'export {};' },
];

/** `export var GetObject$ = [9, n0, …];` over one or several lines. */
const SHAPE = /^((?:export )?(?:var|const) \w+\$? = )(\[.*?\]);$/gms;

/** Leaves out of a bundle what its packages carry for other uses. */
export const leftOut: Plugin = {
  name: 'left-out',
  setup: (build) => {
    for (const { file, contents } of REPLACEMENTS) {
      build.onLoad({ filter: anySeparator(file) }, async ({ path }) => ({
        contents: contents(await readFile(path, 'utf8')),
        loader: 'js',
      }));
    }
  },
};

const anySeparator = ({ source }: RegExp): RegExp => new RegExp(source.replaceAll('\\/', '[\\\\/]'));
