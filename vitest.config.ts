import { defineConfig } from 'vitest/config';

const countsFile = process.env.VITEST_COUNTS;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // On a machine that does six things at once.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    reporters: countsFile ? ['default', ['json', { outputFile: countsFile }]] : ['default'],
  },
});
