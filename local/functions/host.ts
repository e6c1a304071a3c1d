import { environmentPool } from './environment-pool.ts';
import type { InvokeResult } from './invoke-result.ts';
import { checkFunctionSettings, type FunctionSettings } from './settings.ts';
import { slotQueue } from './slot-queue.ts';
import { countInvocations, type InvocationCounts } from './statistics.ts';

export type { InvokeResult } from './invoke-result.ts';

export interface FunctionHostSettings extends FunctionSettings {
  /** Execution environments, and so events in work, at any time. */
  readonly concurrencyMax: number;
}

export interface FunctionHostStats extends InvocationCounts {
  readonly running: number;
  readonly waiting: number;
  /** Warm execution environments with nothing to do. */
  readonly idle: number;
  /** Processes started so far. */
  readonly started: number;
  /** Most invocations in work at once so far. */
  readonly concurrencyPeak: number;
}

export interface FunctionHost {
  /**
   * Runs the handler on one event in a process of its own; waits while `concurrencyMax` are in work.
   *
   * @returns also for handler errors, timeouts and kills: see `InvokeResult`
   * @throws {FunctionHostError} FUNCTION_HOST_BUSY with 1,000 invocations waiting; FUNCTION_HOST_CLOSED after `close`
   */
  invoke(event: unknown): Promise<InvokeResult>;
  stats(): FunctionHostStats;
  /** Refuses what waits, kills what runs, and waits until every process is gone. */
  close(): Promise<void>;
}

/**
 * Runs a Lambda bundle on this machine the way Lambda does: every event in work has a process, a memory limit and a
 * timeout of its own, and a process that ended well is used again. Unlike Lambda, work that a handler leaves behind
 * keeps running between two events.
 *
 * @throws {FunctionHostError} FUNCTION_SETTINGS_INVALID for settings outside Lambda's limits
 */
export function startFunctionHost(settings: FunctionHostSettings): FunctionHost {
  checkFunctionSettings(settings);
  const pool = environmentPool(settings);
  const slots = slotQueue(settings.name, settings.concurrencyMax);
  const counts = countInvocations();

  const invoke = async (event: unknown): Promise<InvokeResult> => {
    await slots.take();
    try {
      const result = await pool.run(event);
      counts.add(result);
      return result;
    } finally {
      slots.release();
    }
  };
  const close = (): Promise<void> => {
    slots.close();
    return pool.close();
  };
  return { invoke, close, stats: () => ({ ...counts.read(), ...slots.read(), ...pool.read() }) };
}
