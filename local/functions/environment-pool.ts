import { hostClosed } from './errors.ts';
import { type ExecutionEnvironment, startExecutionEnvironment } from './execution-environment.ts';
import type { InvokeResult } from './invoke-result.ts';
import type { FunctionSettings } from './settings.ts';

/** Execution environments: warm ones are used again, the last used first; failed ones are thrown away. */
export interface EnvironmentPool {
  /** @throws {FunctionHostError} FUNCTION_HOST_CLOSED after `close` */
  run(event: unknown): Promise<InvokeResult>;
  read(): { readonly idle: number; readonly started: number };
  close(): Promise<void>;
}

/** Starts as many processes as there are events in work; the caller keeps that number within bounds. */
export function environmentPool(settings: FunctionSettings): EnvironmentPool {
  const idle: ExecutionEnvironment[] = [];
  const all = new Set<ExecutionEnvironment>();
  let started = 0;
  let isClosed = false;

  const start = (): ExecutionEnvironment => {
    const environment = startExecutionEnvironment(settings);
    started += 1;
    all.add(environment);
    return environment;
  };
  const discard = async (environment: ExecutionEnvironment): Promise<void> => {
    await environment.stop();
    all.delete(environment);
  };
  const take = (): ExecutionEnvironment => {
    if (isClosed) throw hostClosed(settings.name);
    for (let warm = idle.pop(); warm !== undefined; warm = idle.pop()) {
      if (warm.isUsable()) return warm;
      void discard(warm);
    }
    return start();
  };
  const giveBack = (environment: ExecutionEnvironment): void => {
    if (environment.isUsable()) idle.push(environment);
    else void discard(environment);
  };
  const run = async (event: unknown): Promise<InvokeResult> => {
    const environment = take();
    try {
      return await environment.invoke(event);
    } finally {
      giveBack(environment);
    }
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all([...all].map(discard));
  };
  return { run, close, read: () => ({ idle: idle.length, started }) };
}
