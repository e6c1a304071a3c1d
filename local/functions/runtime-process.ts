import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forwardLines } from './log-lines.ts';
import { type InvokeMessage, isRuntimeMessage, type RuntimeMessage } from './protocol.ts';
import { environmentVariables, type FunctionSettings, nodeArguments } from './settings.ts';

const RUNTIME_PATH = fileURLToPath(new URL('./runtime.mjs', import.meta.url));

export interface Exit {
  readonly type: 'exit';
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type Reply = Exclude<RuntimeMessage, { type: 'memory' }> | Exit;

/** A Node process that runs `runtime.mjs`. It ends when this process does, however this one ends. */
export interface RuntimeProcess {
  readonly pid: number | undefined;
  /** The next thing the process says, or its end. One caller at a time; after the end, always the end. */
  next(): Promise<Reply>;
  send(message: InvokeMessage): void;
  kill(): void;
  hasExited(): boolean;
  /** Settles when the process is gone and all its output was handed over. */
  readonly closed: Promise<void>;
}

/** @param onPeakMB called with the peak resident memory the process reports about itself; never on Linux */
export function startRuntimeProcess(
  settings: FunctionSettings,
  onPeakMB: (peakMB: number) => void,
): RuntimeProcess {
  const child = spawnRuntime(settings);
  let exit: Exit | undefined;
  let resolveNext: ((reply: Reply) => void) | undefined;

  const deliver = (reply: Reply): void => {
    resolveNext?.(reply);
    resolveNext = undefined;
  };
  const finish = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
    exit ??= { type: 'exit', exitCode, signal };
    deliver(exit);
  };
  child.on('message', (message: unknown) => {
    if (!isRuntimeMessage(message)) return;
    if (message.type === 'memory') onPeakMB(message.maxRssKB / 1024);
    else deliver(message);
  });
  child.on('exit', finish);
  const next = (): Promise<Reply> => {
    if (exit) return Promise.resolve(exit);
    return new Promise((resolve) => {
      resolveNext = resolve;
    });
  };
  const closed = whenClosed(child, (error) => {
    settings.onLog?.(`Starting ${process.execPath} for ${settings.name} failed: ${error.message}`);
    finish(null, null);
  });

  return {
    pid: child.pid,
    next,
    send: (message) => void child.send(message, () => {}), // a send that fails is followed by the exit
    kill: () => void child.kill('SIGKILL'),
    hasExited: () => exit !== undefined,
    closed,
  };
}

function spawnRuntime(settings: FunctionSettings): ChildProcess {
  const { bundlePath, name, memoryMB, timeoutMs, onLog = () => {} } = settings;
  const child = spawn(
    process.execPath,
    [...nodeArguments(settings), RUNTIME_PATH, bundlePath, name, String(memoryMB), String(timeoutMs)],
    {
      cwd: dirname(bundlePath),
      env: environmentVariables(settings),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
    },
  );
  for (const output of [child.stdout, child.stderr]) if (output) forwardLines(output, onLog);
  return child;
}

function whenClosed(child: ChildProcess, onSpawnError: (error: Error) => void): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.on('error', (error) => {
      if (child.pid !== undefined) return; // a signal that came too late; the exit event follows
      onSpawnError(error);
      resolve();
    });
  });
}
