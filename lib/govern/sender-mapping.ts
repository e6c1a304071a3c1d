import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  ResourceConflictException,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import type { Decision, Observation } from '../tune/governor-state.ts';
import type { SenderMapping } from './ports.ts';

/** What Lambda allows where MaximumConcurrency is not set. */
const UNLIMITED = 1_000;

/** The event source mapping of the sender, as Lambda has it. */
export const lambdaMapping = (lambda: LambdaClient, id: string): SenderMapping => ({
  read: async () => {
    const { State = '', ScalingConfig } = await lambda.send(new GetEventSourceMappingCommand({ UUID: id }));
    return { workers: ScalingConfig?.MaximumConcurrency ?? UNLIMITED, mapping: mappingState(State) };
  },
  apply: async (decision) => {
    try {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID: id, ...changeOf(decision) }));
      return true;
    } catch (error) {
      if (error instanceof ResourceInUseException || error instanceof ResourceConflictException) return false;
      throw error;
    }
  },
});

const mappingState = (state: string): Observation['mapping'] => {
  if (state === 'Enabled') return 'enabled';
  return state === 'Disabled' ? 'disabled' : 'changing';
};

const changeOf = ({ kind, workers }: Decision): Omit<UpdateEventSourceMappingCommandInput, 'UUID'> => {
  const ScalingConfig = { MaximumConcurrency: workers };
  switch (kind) {
    case 'pause':
      return { Enabled: false };
    case 'resume':
      return { Enabled: true, ScalingConfig };
    default:
      return { ScalingConfig };
  }
};
