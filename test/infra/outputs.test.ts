import { expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';
import { spell } from './template-reader.ts';

it('leads the command line to buckets, queues and dead letters', () => {
  const { template } = synthesize();
  const outputs = Object.entries(template.findOutputs('*'))
    .filter(([name]) => /(BucketName|QueueUrl|DeadLettersUrl)$/.test(name))
    .map(([name, { Value }]) => [name, spell(Value)]);
  expect(Object.fromEntries(outputs)).toEqual({
    InboxBucketName: '{StorageInbox}',
    WorkBucketName: '{StorageWork}',
    IntakeQueueUrl: '{IntakeQueue}',
    IntakeDeadLettersUrl: '{IntakeDeadLetters}',
    ChunksQueueUrl: '{FanOutChunksQueue}',
    ChunksDeadLettersUrl: '{FanOutChunksDeadLetters}',
    ReceiptsQueueUrl: '{LedgerReceiptsQueue}',
    ReceiptsDeadLettersUrl: '{LedgerReceiptsDeadLetters}',
  });
});
