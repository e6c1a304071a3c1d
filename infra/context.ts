import { FanoutError } from '../lib/errors.ts';
import type { StorageProps } from './constructs/storage.ts';

/** A `-c key=value` that cannot be used. */
export class ContextError extends FanoutError {
  override readonly name = 'ContextError';
  readonly code = 'CONTEXT_INVALID';
  readonly retryable = false;
}

export interface Overrides {
  readonly removal: StorageProps['removal'];
  /** `-c key=value` settings of the deploy configuration, values as text. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** Plain names that the CDK CLI itself keeps in the context. */
const CLI_KEYS = new Set(['acknowledged-issue-numbers', 'cli-telemetry']);
const REMOVAL_KEY = 'removalPolicy';

/**
 * Tells our `-c key=value` settings from the CDK's own context: feature flags, look-ups and notices,
 * whose names hold `@`, `:` or `/` or are the CLI's.
 *
 * @throws {ContextError} when `removalPolicy` is neither `retain` nor `destroy`
 */
export const readOverrides = (context: Readonly<Record<string, unknown>>): Overrides => {
  const { [REMOVAL_KEY]: removal = 'retain', ...settings } = context;
  return {
    removal: parseRemoval(removal),
    overrides: Object.fromEntries(
      Object.entries(settings)
        .filter(([key]) => !/[@:/]/.test(key) && !CLI_KEYS.has(key))
        .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
  };
};

const parseRemoval = (value: unknown): Overrides['removal'] => {
  if (value === 'retain' || value === 'destroy') return value;
  throw new ContextError(
    `removalPolicy is ${JSON.stringify(value)}; use -c removalPolicy=retain or -c removalPolicy=destroy.`,
  );
};
