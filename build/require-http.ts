import type { Plugin } from 'esbuild';

const NAMESPACE = 'require-http';

/**
 * Loads `node:http` and `node:https` with `require`, also where a package has `import()`. That asks them for all that
 * they export, their web socket too, and Node loads the whole of its `fetch` for it: three quarters of what the two
 * cost a cold start.
 */
export const requireHttp: Plugin = {
  name: NAMESPACE,
  setup: (build) => {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: NAMESPACE },
    );
    build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
      loader: 'js',
    }));
  },
};
