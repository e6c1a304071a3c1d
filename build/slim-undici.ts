import type { Plugin } from 'esbuild';

/** What `undici` is in a bundle: the pool, with `request()` on it as undici's own index puts it there. */
const POOL_ONLY = `
Object.assign(require('undici/lib/dispatcher/dispatcher.js').prototype, require('undici/lib/api'));
module.exports = { Pool: require('undici/lib/dispatcher/pool.js') };
`;

/**
 * Takes what a sender never uses out of undici's 730 KB: fetch, WebSocket, caches and mocks, and the HTTP parser for
 * processors without SIMD. Together with undici's own switch for bundles ({@link UNDICI_DEFINES}) 225 KB are left.
 */
export const slimUndici = (resolveDir: string): Plugin => ({
  name: 'slim-undici',
  setup: ({ onResolve, onLoad, resolve }) => {
    onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'slim-undici' }));
    onLoad({ filter: /^undici$/, namespace: 'slim-undici' }, () => ({ contents: POOL_ONLY, resolveDir }));
    onResolve({ filter: /llhttp-wasm\.js$/ }, ({ path, resolveDir: from }) =>
      resolve(path.replace('llhttp-wasm', 'llhttp_simd-wasm'), { resolveDir: from, kind: 'require-call' }),
    );
  },
});

/** Leaves undici's experimental second HTTP parser out, as its bundle for Node itself does. */
export const UNDICI_DEFINES = { esbuildDetection: 'true' };
