import { dirname } from 'node:path';
import { nodeMemoryFlags } from '../../lib/tune/heap.ts';
import { FunctionHostError } from './errors.ts';

/** One function, as its deployed counterpart is configured. */
export interface FunctionSettings {
  readonly name: string;
  /** An ES module that exports `handler(event, context)`. */
  readonly bundlePath: string;
  /** All the function sees besides what Lambda itself sets; nothing of the host's environment reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMB: number;
  readonly timeoutMs: number;
  /** Extra arguments for Node, after the host's own. */
  readonly nodeOptions?: readonly string[];
  /** One line of the function's stdout or stderr, at most 64 KiB. */
  readonly onLog?: (line: string) => void;
}

const LIMITS = {
  memoryMB: { min: 128, max: 10_240 },
  timeoutMs: { min: 1, max: 900_000 },
  concurrencyMax: { min: 1, max: 1_000 },
} as const;

/** @throws {FunctionHostError} FUNCTION_SETTINGS_INVALID naming the first value outside Lambda's limits */
export function checkFunctionSettings(values: Readonly<Record<keyof typeof LIMITS, number>>): void {
  for (const [field, { min, max }] of Object.entries(LIMITS)) {
    const value = values[field as keyof typeof LIMITS];
    if (Number.isInteger(value) && value >= min && value <= max) continue;
    throw new FunctionHostError(
      'FUNCTION_SETTINGS_INVALID',
      `${field} is ${value}; set it to a whole number from ${min} to ${max}`,
    );
  }
}

/** Variables of the child process: Lambda's own, stand-in credentials, and what the function was given. */
export function environmentVariables(settings: FunctionSettings): Record<string, string> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    TZ: 'UTC',
    ...settings.environment,
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMB),
    LAMBDA_TASK_ROOT: dirname(settings.bundlePath),
  };
}

/** Arguments for Node, up to the script. */
export const nodeArguments = (settings: FunctionSettings): string[] => [
  ...nodeMemoryFlags(settings.memoryMB),
  ...(settings.nodeOptions ?? []),
];
