import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { lambdaMapping } from '../../lib/govern/sender-mapping.ts';

const lambda = mockClient(LambdaClient);
const mapping = lambdaMapping(new LambdaClient({ region: 'us-east-1' }), 'uuid-1');
beforeEach(() => void lambda.reset());

describe('lambdaMapping', () => {
  it.each([
    ['Enabled', 'enabled'],
    ['Disabled', 'disabled'],
    ['Updating', 'changing'],
    ['Disabling', 'changing'],
  ])('reads %s as %s', async (State, expected) => {
    lambda
      .on(GetEventSourceMappingCommand, { UUID: 'uuid-1' })
      .resolves({ State, ScalingConfig: { MaximumConcurrency: 12 } });
    expect(await mapping.read()).toEqual({ workers: 12, mapping: expected });
  });

  it('reads a mapping without a bound as one of 1,000', async () => {
    lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Enabled' });
    expect(await mapping.read()).toMatchObject({ workers: 1_000 });
  });

  it.each([
    ['set', { UUID: 'uuid-1', ScalingConfig: { MaximumConcurrency: 14 } }],
    ['pause', { UUID: 'uuid-1', Enabled: false }],
    ['resume', { UUID: 'uuid-1', Enabled: true, ScalingConfig: { MaximumConcurrency: 14 } }],
  ] as const)('makes a %s', async (kind, input) => {
    lambda.on(UpdateEventSourceMappingCommand).resolves({});
    expect(await mapping.apply({ kind, workers: 14, reason: 'why' })).toBe(true);
    expect(lambda.commandCalls(UpdateEventSourceMappingCommand)[0]!.args[0].input).toEqual(input);
  });

  it('lets a mapping be that is changing already', async () => {
    lambda
      .on(UpdateEventSourceMappingCommand)
      .rejects(new ResourceInUseException({ message: 'updating', $metadata: {} }));
    expect(await mapping.apply({ kind: 'set', workers: 14, reason: 'why' })).toBe(false);
  });
});
