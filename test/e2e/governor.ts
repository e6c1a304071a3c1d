import { type LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import { STATE_KEY } from '../../lib/govern/state-store.ts';
import { listKeys } from './buckets.ts';
import type { Checks } from './checks.ts';
import type { Outputs } from './cloud.ts';
import { waitFor } from './wait-for.ts';

/** The rule fires each minute. */
const LOOK_TIMEOUT_MS = 150_000;
/** As deployed: fanout.config.json. */
const WORKERS = 10;

export interface Look {
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly outputs: Outputs;
}

/** The emulator makes no metrics of logs: the governor looks, writes down what it saw, and changes nothing. */
export const checkGovernor = async (checks: Checks, { s3, lambda, outputs }: Look): Promise<void> => {
  const looked = waitFor({
    what: 'look of the governor',
    poll: async () =>
      (await listKeys(s3, outputs.WorkBucketName, STATE_KEY)).length === 1 ? true : undefined,
    everyMs: 1_000,
    timeoutMs: LOOK_TIMEOUT_MS,
  });
  checks.check('the rule calls the governor, which may do what it must', await looked.catch(() => false));
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  const senders = EventSourceMappings.filter(({ FunctionArn }) => FunctionArn?.includes('Sender'));
  const seen = senders.map(({ State, ScalingConfig }) => [State, ScalingConfig?.MaximumConcurrency]);
  checks.check(
    'it leaves the senders as they are for want of data',
    JSON.stringify(seen) === JSON.stringify([['Enabled', WORKERS]]),
    seen,
  );
};
