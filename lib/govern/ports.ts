import type { Decision, GovernorState, Observation } from '../tune/governor-state.ts';

/** The event source mapping that feeds the senders. */
export interface SenderMapping {
  read(): Promise<Pick<Observation, 'workers' | 'mapping'>>;
  /** @returns false when the mapping takes no change now */
  apply(decision: Decision): Promise<boolean>;
}

export interface StateStore {
  load(): Promise<{ readonly state: GovernorState; readonly version: string | undefined }>;
  /** @returns false when somebody else has written since that version was loaded */
  save(state: GovernorState, version: string | undefined): Promise<boolean>;
}
