import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { startFleet } from './fleet.ts';
import { hostOf, resultOf } from './functions/fixtures.ts';
import { invokeOf } from './mapping/invocations.ts';

const soon = { timeout: 15_000, interval: 20 };

describe('the event', () => {
  it('has the shape of Lambda’s', async () => {
    const fleet = await startFleet();
    const events: SQSEvent[] = [];
    const attributes = {
      origin: { DataType: 'String', StringValue: 'test' },
      raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 255]) },
    };
    const [messageId] = await fleet.send(['{"v":1}'], attributes);
    fleet.map({ invoke: invokeOf((event) => void events.push(event)) });
    await vi.waitFor(() => expect(events).toHaveLength(1), soon);
    expect(events[0]).toEqual({
      Records: [
        {
          messageId,
          receiptHandle: expect.stringMatching(/./),
          body: '{"v":1}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: '000000000000',
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            origin: { stringValue: 'test', stringListValues: [], binaryListValues: [], dataType: 'String' },
            raw: { binaryValue: 'AQL/', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
          },
          md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventSource: 'aws:sqs',
          eventSourceARN: fleet.queue.arn,
          awsRegion: 'us-east-1',
        },
      ],
    });
  });

  it('holds more than ten messages when the window allows to gather them', async () => {
    const fleet = await startFleet();
    await fleet.send(Array.from({ length: 24 }, (_, index) => String(index)));
    const sizes: number[] = [];
    fleet.map({
      invoke: invokeOf(({ Records }) => void sizes.push(Records.length)),
      batchSize: 24,
      batchingWindowMs: 10_000,
    });
    await vi.waitFor(() => expect(sizes).toEqual([24]), soon);
    await vi.waitFor(
      async () => expect(await fleet.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 }),
      soon,
    );
  });

  it('is sent with fewer messages when the window ends', async () => {
    const fleet = await startFleet();
    const sizes: number[] = [];
    fleet.map({
      invoke: invokeOf(({ Records }) => void sizes.push(Records.length)),
      batchSize: 10,
      batchingWindowMs: 300,
    });
    await fleet.send(['first']);
    await fleet.send(['second']);
    await vi.waitFor(() => expect(sizes).toEqual([2]), soon);
  });
});

describe('outcomes', () => {
  it('deletes what succeeded and leaves the failures that the function reports', async () => {
    const fleet = await startFleet({ visibilityTimeoutSeconds: 600 });
    const [, failing] = await fleet.send(['{}', '{"fail":true}', '{}']);
    const host = hostOf('queue-worker.mjs');
    const { reports } = fleet.map({ invoke: host.invoke, batchSize: 3, batchingWindowMs: 2_000 });
    await vi.waitFor(() => expect(reports).toMatchObject([{ deleted: 2, failed: 1 }]), soon);
    expect(resultOf(reports[0]!.result)).toEqual({ batchItemFailures: [{ itemIdentifier: failing }] });
    expect(await fleet.counts()).toEqual({ visible: 0, inFlight: 1, dead: 0 });
  });

  it.each([
    { name: 'an identifier of no message', reply: { batchItemFailures: [{ itemIdentifier: 'unknown' }] } },
    { name: 'a response that is not an object', reply: 'done' },
  ])('fails the whole batch on $name', async ({ reply }) => {
    const fleet = await startFleet({ visibilityTimeoutSeconds: 600 });
    await fleet.send([JSON.stringify({ reply })]);
    const host = hostOf('queue-worker.mjs');
    const { reports } = fleet.map({ invoke: host.invoke });
    await vi.waitFor(() => expect(reports).toMatchObject([{ deleted: 0, failed: 1 }]), soon);
    expect(reports[0]?.malformed).toBeTypeOf('string');
    expect(await fleet.counts()).toMatchObject({ visible: 0, inFlight: 1 });
  });

  it('delivers the message of a killed invocation again, soon when told so', async () => {
    const fleet = await startFleet({ visibilityTimeoutSeconds: 600 });
    await fleet.send(['{"crashUntilReceive":2}']);
    const host = hostOf('queue-worker.mjs');
    const { reports } = fleet.map({ invoke: host.invoke, failureVisibilitySeconds: 0 });
    await vi.waitFor(() => expect(reports).toHaveLength(2), soon);
    expect(reports).toMatchObject([
      { result: { kind: 'killed', reason: 'exit', exitCode: 9 }, deleted: 0, failed: 1 },
      { result: { kind: 'ok' }, deleted: 1, failed: 0 },
    ]);
    expect(await fleet.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
  });

  it('delivers it again at the end of the visibility timeout otherwise', async () => {
    const fleet = await startFleet({ visibilityTimeoutSeconds: 1 });
    await fleet.send(['{"crashUntilReceive":2}']);
    const { reports } = fleet.map({ invoke: hostOf('queue-worker.mjs').invoke });
    await vi.waitFor(() => expect(reports.map(({ deleted }) => deleted)).toEqual([0, 1]), soon);
  });

  it('ends a poison message in the dead-letter queue after maxReceiveCount attempts', async () => {
    const fleet = await startFleet({ visibilityTimeoutSeconds: 600, maxReceiveCount: 3 });
    await fleet.send(['{"throw":true}']);
    const host = hostOf('queue-worker.mjs');
    const { reports } = fleet.map({ invoke: host.invoke, failureVisibilitySeconds: 0 });
    await vi.waitFor(
      async () => expect(await fleet.counts()).toEqual({ visible: 0, inFlight: 0, dead: 1 }),
      soon,
    );
    expect(reports.map(({ result }) => result.kind)).toEqual(['error', 'error', 'error']);
  });

  it('deletes a batch whatever the response says when failures are not reported', async () => {
    const fleet = await startFleet();
    await fleet.send(['{"fail":true}']);
    const { reports } = fleet.map({
      invoke: hostOf('queue-worker.mjs').invoke,
      reportBatchItemFailures: false,
    });
    await vi.waitFor(() => expect(reports).toMatchObject([{ deleted: 1, failed: 0 }]), soon);
  });
});

describe('trouble', () => {
  it('reports receives that fail, and goes on', async () => {
    const fleet = await startFleet();
    await fleet.send(['a']);
    const invoke = vi.fn(invokeOf(() => null));
    const send = vi.spyOn(fleet.sqs, 'send').mockRejectedValueOnce(new Error('connection refused'));
    const { errors } = fleet.map({ invoke });
    await vi.waitFor(() => expect(invoke).toHaveBeenCalledOnce(), soon);
    expect(errors).toMatchObject([{ message: 'connection refused' }]);
    send.mockRestore();
  });

  it('reports an invocation that was refused, and leaves its message to the visibility timeout', async () => {
    const fleet = await startFleet({ visibilityTimeoutSeconds: 1 });
    await fleet.send(['a']);
    const accept = invokeOf(() => null);
    const invoke = vi.fn(accept).mockRejectedValueOnce(new Error('host is busy'));
    const { errors, reports } = fleet.map({ invoke });
    await vi.waitFor(() => expect(reports).toMatchObject([{ deleted: 1 }]), soon);
    expect(errors).toMatchObject([{ message: 'host is busy' }]);
  });

  it.each([
    [{ batchSize: 11 }, /batchSize is 11 with a batchingWindowMs of 0; .* need a window of 1000/],
    [{ batchSize: 0 }, /batchSize is 0; .* 1 to 10000/],
    [{ waitTimeSeconds: 21 }, /waitTimeSeconds is 21; .* 1 to 20/],
  ])('refuses %j', async (settings, message) => {
    const fleet = await startFleet();
    expect(() => fleet.map({ invoke: invokeOf(() => null), ...settings })).toThrow(message);
  });
});
