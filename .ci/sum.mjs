// Adds up what the steps of .ci/run counted: node .ci/sum.mjs RESULTS_FOLDER FAILED_STEPS
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, failedSteps] = process.argv.slice(2);

const read = (file) => {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return '';
  }
};

const vitest = JSON.parse(read('vitest.json') || '{"numPassedTests":0,"numFailedTests":0}');
const [, deployPassed = 0, deployFailed = 0] = /^(\d+) passed, (\d+) failed$/m.exec(read('deploy.txt')) ?? [];
const passed = vitest.numPassedTests + Number(deployPassed);
const counted = vitest.numFailedTests + Number(deployFailed);
// A step may fail without a count of its own: lint, types, an install.
const failed = Math.max(counted, Number(failedSteps));

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
