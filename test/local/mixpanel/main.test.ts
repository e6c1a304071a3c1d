import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';

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

it.each([
  [['--port', 'x'], '--port x is not a whole number'],
  [['--keep', 'some'], '--keep some is not known; use all or ids or counts'],
  [['--fault', 'ok'], "Unknown option '--fault'"],
])('refuses %j', async (args, message) => {
  const { stderr } = run(...args);
  let text = '';
  stderr?.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).not.toBe(0);
  expect(text).toContain(message);
});
