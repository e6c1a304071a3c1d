/** Why the host ended an execution environment, or found it ended. */
export type KillReason = 'out-of-memory' | 'timeout' | 'exit';

/** What became of one event, before anything about it was measured. */
export type Outcome =
  | { readonly kind: 'ok'; readonly result: unknown }
  | {
      readonly kind: 'error';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly stack?: string | undefined;
    }
  | {
      readonly kind: 'killed';
      readonly reason: KillReason;
      readonly exitCode: number | null;
      readonly signal: string | null;
    };

/** What an invocation used. */
export interface Measured {
  readonly requestId: string;
  /** From handing over the event to its outcome; when the bundle did not load, the time spent loading it. */
  readonly durationMs: number;
  /** Time to start the process and load the bundle; only on the first invocation of an execution environment. */
  readonly initMs?: number;
  /** High-water mark of the process's resident memory in MiB since it started; 0 when it could not be measured. */
  readonly peakMB: number;
}

/**
 * How an invocation ended. `ok`: the handler returned (`result` went through JSON). `error`: the handler or the
 * bundle's top level threw, and said so. `killed`: the process is gone.
 */
export type InvokeResult = Outcome & Measured;
