import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const AUDIT = fileURLToPath(new URL('../../.ci/audit.mjs', import.meta.url));

/** Runs the audit with an npm that prints `answer` and exits as npm does. */
const auditWith = async (answer: unknown, npmCode: number): Promise<{ code: unknown; output: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-audit-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const npm = join(folder, 'npm');
  await writeFile(join(folder, 'answer'), typeof answer === 'string' ? answer : JSON.stringify(answer));
  await writeFile(npm, `#!/bin/sh\ncat ${folder}/answer\nexit ${npmCode}\n`);
  await chmod(npm, 0o755);
  const env = { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) };
  return new Promise((resolve) => {
    execFile(process.execPath, [AUDIT], { env }, (error, output) =>
      resolve({ code: error?.code ?? 0, output }),
    );
  });
};

const flaw = (name: string, severity: string) => ({ [name]: { name, severity, range: '<2.0.0' } });
const reportOf = (...flaws: object[]) => ({
  auditReportVersion: 2,
  vulnerabilities: Object.assign({}, ...flaws),
  metadata: { vulnerabilities: {} },
});

it('passes where nothing is known', async () => {
  expect(await auditWith(reportOf(), 0)).toEqual({
    code: 0,
    output: '0 dependencies with a known flaw of level high or critical\n',
  });
});

it('passes a flaw of a lower level', async () => {
  expect((await auditWith(reportOf(flaw('a', 'moderate'), flaw('b', 'low')), 1)).code).toBe(0);
});

it.each(['high', 'critical'])('fails on a flaw of level %s, and names it', async (severity) => {
  const { code, output } = await auditWith(reportOf(flaw('a', 'low'), flaw('left-pad', severity)), 1);
  expect(code).toBe(1);
  expect(output).toContain(`${severity}: left-pad <2.0.0`);
});

it.each([
  ['refuses the question', { message: 'refused', statusCode: 405 }, 'it answered 405'],
  ['cannot be reached', { error: { code: 'ENOTFOUND' } }, 'it gave no report'],
  ['answers with something else', '<html>', 'it gave no report'],
  ['says nothing', '', 'it gave no report'],
])('passes with a warning where the registry %s', async (_, answer, why) => {
  const { code, output } = await auditWith(answer, 1);
  expect(code).toBe(0);
  expect(output).toContain(`WARNING: the registry could not be asked for known flaws (${why})`);
});
