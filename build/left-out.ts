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
  // Of undici only requests of a pool and of an agent are used; undici gives them their methods like this too.
  {
    file: /\/undici\/index\.js$/,
    contents: () => `
      import request from './lib/api/api-request.js';
      import Dispatcher from './lib/dispatcher/dispatcher.js';
      export { Dispatcher };
      export { default as Agent } from './lib/dispatcher/agent.js';
      export { default as Pool } from './lib/dispatcher/pool.js';
      export const getGlobalDispatcher = undefined;
      Dispatcher.prototype.request = request;`,
  },
  // undici's HTTP/2, which is off; asked for as soon as undici is loaded.
  {
    file: /\/undici\/lib\/dispatcher\/client-h2\.js$/,
    contents: () => "module.exports = () => { throw new Error('HTTP/2 is left out of the bundle.'); };",
  },
  // undici's forms and streams of fetch, and its HTTP parser for processors without SIMD.
  {
    file: /\/undici\/lib\/(web\/(fetch\/(body|formdata)|webidl\/index)|llhttp\/llhttp-wasm)\.js$/,
    contents: () => "throw new Error('This part of undici is left out of the bundle.');",
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
    // As in Node's own copy of undici: without its second HTTP parser, which is experimental.
    build.initialOptions.define = { ...build.initialOptions.define, esbuildDetection: 'true' };
    for (const { file, contents } of REPLACEMENTS) {
      build.onLoad({ filter: anySeparator(file) }, async ({ path }) => ({
        contents: contents(await readFile(path, 'utf8')),
        loader: 'js',
      }));
    }
  },
};

const anySeparator = ({ source }: RegExp): RegExp => new RegExp(source.replaceAll('\\/', '[\\\\/]'));
