import type { IdentitySystem, ImportEvent } from '../import-event.ts';
import type { ImportLimits } from '../limits.ts';

/** Why an event is refused. Texts that the documentation or live answers show are used word for word. */
export interface Violation {
  readonly field: string;
  readonly message: string;
}

export interface RuleContext {
  readonly nowMs: number;
  readonly identity: IdentitySystem;
  readonly limits: ImportLimits;
  /** Did every byte of the request decode as UTF-8? */
  readonly bodyIsUtf8: boolean;
  /** The event's size as JSON. */
  readonly eventBytes: number;
}

/** @returns undefined when the event keeps the rule */
export type Rule = (event: ImportEvent, context: RuleContext) => Violation | undefined;
