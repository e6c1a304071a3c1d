import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createScratchFolder, type ScratchFolder } from '../cli/scratch-folder.ts';
import { eventLines, jsonl } from '../local/cloud/events.ts';
import { answerPage, type EchoServer, startEchoServer } from './echo-server.ts';
import { filesBeneath } from './traces.ts';

vi.setConfig({ testTimeout: 120_000 });

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const CANARY = 'canary<secret>';

let folder: ScratchFolder;
let server: EchoServer;
beforeEach(async () => {
  folder = await createScratchFolder();
  server = await startEchoServer(({ authorization, credentials }, response) =>
    answerPage(response, 401, `${authorization} ${credentials}`),
  );
});
afterEach(async () => {
  await server.close();
  await folder.remove();
});

interface Exit {
  readonly code: unknown;
  readonly output: string;
}

const fanout = (args: readonly string[], account: string): Promise<Exit> => {
  const { MIXPANEL_TOKEN, ...rest } = process.env;
  const env = { ...rest, MIXPANEL_SERVICE_ACCOUNT: account, MIXPANEL_PROJECT_ID: '4711' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { cwd: folder.path, env, timeout: 110_000 },
      (error, out, err) => resolve({ code: error?.code ?? 0, output: out + err }),
    );
  });
};

it('shows no secret on the terminal, in the report or in its folder when it is refused', async () => {
  await writeFile(join(folder.path, 'events.jsonl'), jsonl(eventLines('e', 20)));
  const args = [
    'import',
    'events.jsonl',
    '--endpoint',
    server.url,
    '--verbose',
    '--json',
    '--report',
    'r.json',
  ];
  const { code, output } = await fanout(args, `canary-user.ab12.mp:${CANARY}`);
  expect(code).toBe(1);
  expect(server.claims[0]!.credentials).toBe(`canary-user.ab12.mp:${CANARY}`);
  expect(output).toContain('API_UNAUTHORIZED');
  expect(output).not.toMatch(/canary/i);
  const files = await filesBeneath(folder.path);
  expect(files.get(join(folder.path, 'r.json'))).toContain('API_UNAUTHORIZED');
  for (const [path, text] of files) expect(text, path).not.toMatch(/canary/i);
});

it.each([
  ['a malformed secret', 'canary secret:canary secret', []],
  ['one without a colon', 'canary-secret', []],
  ['one in the endpoint', 'user:password', ['--endpoint', 'https://user:canary/secret@proxy.example']],
])('does not repeat %s', async (_, account, more) => {
  await writeFile(join(folder.path, 'events.jsonl'), jsonl(eventLines('e', 1)));
  const { code, output } = await fanout(['import', 'events.jsonl', ...more], account);
  expect(code).toBe(2);
  expect(output).not.toMatch(/canary/i);
});
