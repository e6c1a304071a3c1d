import { randomUUID } from 'node:crypto';
import type { InvokeResult, KillReason, Outcome } from './invoke-result.ts';
import { readPeakResidentMB, trackMemory } from './memory.ts';
import { type Exit, type Reply, startRuntimeProcess } from './runtime-process.ts';
import type { FunctionSettings } from './settings.ts';

/** Longest a bundle may take to load. Lambda allows 10 s; a laptop that starts many at once deserves more. */
const INIT_TIMEOUT_MS = 30_000;
const ABORT_EXIT_CODE = 134; // 128 + SIGABRT: what V8 does when its heap is full

/** One process with one loaded bundle. Takes one event at a time, as many as come, until it fails or is stopped. */
export interface ExecutionEnvironment {
  readonly pid: number | undefined;
  /** Never rejects: whatever happens to the handler or the process is in the result. */
  invoke(event: unknown): Promise<InvokeResult>;
  /** May it take another event? */
  isUsable(): boolean;
  /** Kills the process and waits until it is gone and its output was handed over. */
  stop(): Promise<void>;
}

/** Starts the process and begins to load the bundle at once; the first `invoke` waits for that. */
export function startExecutionEnvironment(settings: FunctionSettings): ExecutionEnvironment {
  let killReason: KillReason | undefined;
  const runtime = startRuntimeProcess(settings, (peakMB) => memory.report(peakMB));
  const { pid } = runtime;
  const kill = (reason: KillReason): void => {
    killReason ??= reason;
    runtime.kill();
  };
  const memory = trackMemory({
    readPeakMB: () => (pid === undefined || runtime.hasExited() ? undefined : readPeakResidentMB(pid)),
    budgetMB: settings.memoryMB,
    onExceeded: () => kill('out-of-memory'),
  });

  const awaitReply = async (timeoutMs: number): Promise<{ reply: Reply; elapsedMs: number }> => {
    const startedAt = performance.now();
    memory.start();
    const timer = setTimeout(() => kill('timeout'), timeoutMs);
    const reply = await runtime.next();
    clearTimeout(timer);
    memory.stop();
    return { reply, elapsedMs: performance.now() - startedAt };
  };
  const init = awaitReply(INIT_TIMEOUT_MS);
  let isCold = true;
  let isBroken = false;

  const invoke = async (event: unknown): Promise<InvokeResult> => {
    const requestId = randomUUID();
    const initialised = await init;
    const cold = isCold ? { initMs: initialised.elapsedMs } : {};
    isCold = false;
    isBroken = initialised.reply.type !== 'ready' || killReason !== undefined;
    let last = initialised;
    if (!isBroken) {
      runtime.send({ type: 'invoke', requestId, event, deadlineMs: Date.now() + settings.timeoutMs });
      last = await awaitReply(settings.timeoutMs);
    }
    const outcome = toOutcome(last.reply, killReason, settings.bundlePath);
    return { ...outcome, requestId, durationMs: last.elapsedMs, peakMB: memory.peakMB(), ...cold };
  };
  const stop = (): Promise<void> => {
    kill('exit');
    return runtime.closed;
  };
  const isUsable = (): boolean => !isBroken && killReason === undefined && !runtime.hasExited();
  return { pid, invoke, isUsable, stop };
}

function toOutcome(reply: Reply, killReason: KillReason | undefined, bundlePath: string): Outcome {
  if (killReason !== undefined)
    return { kind: 'killed', reason: killReason, exitCode: null, signal: 'SIGKILL' };
  switch (reply.type) {
    case 'exit':
      return toKilled(reply);
    case 'result':
      return { kind: 'ok', result: JSON.parse(reply.resultJson) };
    case 'error':
      return toError(reply, reply.errorMessage);
    case 'init-error':
      return toError(reply, `Loading ${bundlePath} failed: ${reply.errorMessage}`);
    case 'ready':
      return toError({ errorType: 'ProtocolError' }, `${bundlePath} announced itself twice`);
  }
}

function toKilled({ exitCode, signal }: Exit): Outcome {
  const isHeapFull = signal === 'SIGABRT' || exitCode === ABORT_EXIT_CODE;
  return { kind: 'killed', reason: isHeapFull ? 'out-of-memory' : 'exit', exitCode, signal };
}

function toError({ errorType, stack }: { errorType: string; stack?: string }, errorMessage: string): Outcome {
  return { kind: 'error', errorType, errorMessage, stack };
}
