import type { Plugin } from 'esbuild';

const NAMESPACE = 'require-http';

/**
 * Loads `node:http` and `node:https` with `require`. An `import` asks them for all that they export, their web socket
 * too, and Node loads the whole of its `fetch` for that: three quarters of what the two cost a cold start.
 */
export const requireHttp: Plugin = {
  name: NAMESPACE,
  setup: (build) => {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: NAMESPACE } : { path, external: true },
    );
    build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
      loader: 'js',
    }));
  },
};
