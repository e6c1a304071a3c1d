import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import {
  type FunctionHost,
  type FunctionHostSettings,
  type InvokeResult,
  startFunctionHost,
} from '../../../local/functions/host.ts';

export const fixturePath = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/functions/${name}`, import.meta.url));

/** A host that is closed when the test ends. */
export function hostOf(bundle: string, settings: Partial<FunctionHostSettings> = {}): FunctionHost {
  const host = startFunctionHost({
    name: 'under-test',
    bundlePath: fixturePath(bundle),
    environment: {},
    memoryMB: 256,
    timeoutMs: 20_000,
    concurrencyMax: 1,
    ...settings,
  });
  onTestFinished(() => host.close());
  return host;
}

export function resultOf<T>(result: InvokeResult): T {
  if (result.kind === 'ok') return result.result as T;
  throw new Error(`Expected a value: ${JSON.stringify(result)}`);
}

/** Zombies, which wait for a parent to read their exit code, do not run. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return (
      process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
    );
  } catch {
    return false;
  }
}

export interface Span {
  readonly pid: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Most spans that cover one moment. */
export function overlapMax(spans: readonly Span[]): number {
  return Math.max(
    ...spans.map(
      ({ startedAt }) =>
        spans.filter((span) => span.startedAt <= startedAt && startedAt < span.endedAt).length,
    ),
  );
}
