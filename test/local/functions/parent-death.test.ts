import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished, vi } from 'vitest';
import { fixturePath, isRunning } from './fixtures.ts';

it('ends idle and busy processes when the host is killed', async () => {
  const parent = spawn(process.execPath, [fixturePath('parent.mjs'), fixturePath('act.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pids = JSON.parse(line.toString()) as number[];
  expect(pids.map(isRunning)).toEqual([true, true]);

  const exited = once(parent, 'exit');
  parent.kill('SIGKILL');
  await exited;
  await vi.waitFor(() => expect(pids.map(isRunning)).toEqual([false, false]), { timeout: 10_000 });
});
