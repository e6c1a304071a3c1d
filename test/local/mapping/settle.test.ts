import type { DeleteMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { deleteMessages } from '../../../local/mapping/settle.ts';
import { startFleet } from '../fleet.ts';

/** Answers every call with what `answer` makes of its entries' ids. */
function clientThat(answer: (ids: string[], call: number) => object): { sqs: SQSClient; calls: string[][] } {
  const calls: string[][] = [];
  const send = async (command: DeleteMessageBatchCommand) => {
    const ids = (command.input.Entries ?? []).map(({ Id }) => Id ?? '');
    calls.push(ids);
    return answer(ids, calls.length);
  };
  return { sqs: { send } as Partial<SQSClient> as SQSClient, calls };
}

const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ReceiptHandle: `h${index}` }));

it('deletes ten at a time', async () => {
  const { sqs, calls } = clientThat(() => ({}));
  await deleteMessages({ sqs, queueUrl: 'q', messages: messages(23), onError: () => {} });
  expect(calls.map((ids) => ids.length)).toEqual([10, 10, 3]);
});

it('repeats only the entries that a successful call could not delete', async () => {
  const { sqs, calls } = clientThat((_ids, call) =>
    call === 1 ? { Failed: [{ Id: '1', Message: 'busy' }] } : {},
  );
  const errors: unknown[] = [];
  await deleteMessages({ sqs, queueUrl: 'q', messages: messages(3), onError: (error) => errors.push(error) });
  expect(calls).toEqual([['0', '1', '2'], ['1']]);
  expect(errors).toMatchObject([{ message: 'SQS refused an entry: busy' }]);
});

it('gives up after five attempts', async () => {
  const { sqs, calls } = clientThat(() => {
    throw new Error('connection refused');
  });
  const errors: unknown[] = [];
  await deleteMessages({ sqs, queueUrl: 'q', messages: messages(1), onError: (error) => errors.push(error) });
  expect(calls).toHaveLength(5);
  expect(errors).toHaveLength(5);
});

it('calls nothing without messages', async () => {
  const fleet = await startFleet();
  const errors: unknown[] = [];
  const { sqs, queue } = fleet;
  await deleteMessages({ sqs, queueUrl: queue.url, messages: [], onError: (error) => errors.push(error) });
  expect(errors).toEqual([]);
});
