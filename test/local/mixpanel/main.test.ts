import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { startMixpanelSimulator } from '../../../local/mixpanel/server.ts';
import { readPage } from '../../docs/markdown.ts';

const entry = fileURLToPath(new URL('../../../local/mixpanel/main.ts', import.meta.url));
const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'ipc'];
let child: ChildProcess;
afterEach(() => void child.kill('SIGKILL'));

function run(...args: string[]): ChildProcess {
  child = fork(entry, args, { stdio, execArgv: [] });
  return child;
}

async function urlOf({ stdout }: ChildProcess): Promise<string> {
  const [line] = await once(createInterface({ input: stdout! }), 'line');
  return JSON.parse(line).url;
}

it('prints its URL and serves with the options it was given', async () => {
  const url = await urlOf(run('--token', 'secret', '--faults', 'ok,503', '--keep', 'ids'));
  const send = () =>
    fetch(`${url}/import`, { method: 'POST', headers: { authorization: `Basic ${btoa('x:')}` } });
  expect((await send()).status).toBe(401);
  expect((await send()).status).toBe(503);
  expect((await fetch(`${url}/_simulator/events`)).status).toBe(409);
});

it.each([
  ['SIGTERM', () => child.kill('SIGTERM')],
  ['SIGINT', () => child.kill('SIGINT')],
  ['the loss of its parent', () => child.disconnect()],
])('ends on %s', async (_, end) => {
  await urlOf(run());
  const exited = once(child, 'exit');
  end();
  expect(await exited).toEqual([0, null]);
});

async function exitOf(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { stdout, stderr } = run(...args);
  const texts = Promise.all([text(stdout!), text(stderr!)]);
  const [code] = await once(child, 'close');
  const [out, err] = await texts;
  return { code, stdout: out, stderr: err };
}

it('lists each option with its default, and examples, when asked for help', async () => {
  const { code, stdout, stderr } = await exitOf('--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const named = [...(await readPage('docs/simulator.md')).matchAll(/^\| `(--[^|]+)` \|/gm)];
  const documented = named.flatMap(([, names]) => names!.match(/--[\w-]+/g)!);
  expect(documented).toHaveLength(9);
  for (const option of documented) expect(stdout).toContain(`  ${option} `);
  expect(stdout).toContain('(default: 1800000)');
  expect(stdout).toContain('npm run -s simulator -- --port 8080');
});

it.each([
  [['--port', 'x'], "argument 'x' is invalid. It is not a whole number from 0 to 65535."],
  [['--port', '70000'], "argument '70000' is invalid. It is not a whole number from 0 to 65535."],
  [['--response-ms', '-1'], "argument '-1' is invalid. It is not a whole number from 0"],
  [['--keep', 'some'], "argument 'some' is invalid. Allowed choices are all, ids, counts."],
  [['--faults', 'oops'], 'Fault "oops" is not known; use ok or 429'],
  [['--fault', 'ok'], "unknown option '--fault'\n(Did you mean --faults?)"],
  [['--latency', '5'], "unknown option '--latency'\nAll options: npm run -s simulator -- --help"],
  [['8080'], 'Expected 0 arguments but got 1'],
])('exits 2 for %j and says why', async (args, message) => {
  const { code, stdout, stderr } = await exitOf(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/^ +at /m);
});

it('says so when its port is taken', async () => {
  const other = await startMixpanelSimulator();
  const { code, stderr } = await exitOf('--port', String(other.port));
  await other.close();
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `Port ${other.port} cannot be listened on (EADDRINUSE): stop what uses it, give another, or 0 for any free one.\n`,
  });
});
