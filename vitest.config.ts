import { defineConfig } from 'vitest/config';

const countsFile = process.env.VITEST_COUNTS;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: countsFile ? ['default', ['json', { outputFile: countsFile }]] : ['default'],
  },
});
