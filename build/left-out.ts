import type { Plugin } from 'esbuild';

interface Replacement {
  /** Path of the module that is replaced, `/` between its parts. */
  readonly file: RegExp;
  /** An ES module: importing a name that it lacks fails the build. */
  readonly contents: string;
}

/** About two fifths of the sender, which nothing in a function reaches. */
const REPLACEMENTS: readonly Replacement[] = [
  // Of undici only the pool is used, no fetch, mocks, caches, web sockets; undici gives it its methods like this too.
  {
    file: /\/undici\/index\.js$/,
    contents: `
      import api from './lib/api/index.js';
      import Dispatcher from './lib/dispatcher/dispatcher.js';
      export { default as Pool } from './lib/dispatcher/pool.js';
      Object.assign(Dispatcher.prototype, api);`,
  },
  // undici's other HTTP parsers, for processors without SIMD and behind an environment variable.
  {
    file: /\/undici\/lib\/(milo\/(no-)?simd|llhttp\/llhttp-wasm)\.js$/,
    contents: "throw new Error('This parser of undici is left out of the bundle.');",
  },
  // zod's messages in some fifty languages; English is not among these.
  { file: /\/zod\/v4\/locales\/index\.js$/, contents: 'export {};' },
];

/** Leaves out of a bundle what its packages carry for other uses. */
export const leftOut: Plugin = {
  name: 'left-out',
  setup: (build) => {
    for (const { file, contents } of REPLACEMENTS) {
      build.onLoad({ filter: anySeparator(file) }, () => ({ contents, loader: 'js' }));
    }
  },
};

const anySeparator = ({ source }: RegExp): RegExp => new RegExp(source.replaceAll('\\/', '[\\\\/]'));
