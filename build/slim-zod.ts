import type { Plugin } from 'esbuild';

/** Takes zod's messages in some fifty languages out of a bundle; English is not among these. */
export const slimZod: Plugin = {
  name: 'slim-zod',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {};' }));
  },
};
