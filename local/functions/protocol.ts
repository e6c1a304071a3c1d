/** Host to runtime: run the handler on one event. */
export interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  readonly event: unknown;
  /** Milliseconds since the epoch at which the host will kill the process. */
  readonly deadlineMs: number;
}

export interface ErrorReport {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stack?: string;
}

/** Runtime to host (`runtime.mjs` writes these). */
export type RuntimeMessage =
  | { readonly type: 'ready' }
  | ({ readonly type: 'init-error' } & ErrorReport)
  | { readonly type: 'result'; readonly resultJson: string }
  | ({ readonly type: 'error' } & ErrorReport)
  | { readonly type: 'memory'; readonly maxRssKB: number };

const MESSAGE_TYPES: ReadonlySet<unknown> = new Set(['ready', 'init-error', 'result', 'error', 'memory']);

/** Anything else on the channel is a bundle calling `process.send`, which a Lambda does not have. */
export const isRuntimeMessage = (value: unknown): value is RuntimeMessage =>
  typeof value === 'object' && value !== null && 'type' in value && MESSAGE_TYPES.has(value.type);
