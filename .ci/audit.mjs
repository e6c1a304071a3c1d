// Fails on a known flaw of level high or critical in a dependency: node .ci/audit.mjs
// Where the registry does not answer the question, it says so and passes: no answer is no finding.
import { spawnSync } from 'node:child_process';

const LEVELS = ['high', 'critical'];
const TIMEOUT_MS = 120_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

const { stdout } = spawnSync('npm', ['audit', '--json'], {
  encoding: 'utf8',
  timeout: TIMEOUT_MS,
  maxBuffer: OUTPUT_BYTES_MAX,
  stdio: ['ignore', 'pipe', 'ignore'],
});

const report = (() => {
  try {
    return JSON.parse(stdout);
  } catch {
    return {};
  }
})();

if (report.metadata?.vulnerabilities === undefined) {
  const why = report.statusCode ? `it answered ${report.statusCode}` : 'it gave no report';
  console.log(`WARNING: the registry could not be asked for known flaws (${why}); nothing was audited.`);
} else {
  const found = Object.values(report.vulnerabilities ?? {}).filter(({ severity }) =>
    LEVELS.includes(severity),
  );
  for (const { name, severity, range } of found) console.log(`${severity}: ${name} ${range}`);
  console.log(`${found.length} dependencies with a known flaw of level high or critical`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
