import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { visibilityBackoffSeconds } from '../../lib/queue/backoff.ts';
import { consume, receiveCountOf } from '../../lib/queue/consume.ts';
import { sqsRecord } from './sqs-record.ts';

const event = (...ids: string[]): SQSEvent => ({ Records: ids.map((id) => sqsRecord(id)) });

describe('consume', () => {
  it('handles one message after another and returns those that failed', async () => {
    const log: string[] = [];
    const response = await consume(event('a', 'b', 'c'), {
      handle: async ({ messageId }) => {
        log.push(`begin ${messageId}`);
        await Promise.resolve();
        if (messageId === 'b') throw new Error('bad');
        log.push(`end ${messageId}`);
      },
      onFailure: async ({ messageId }, error) => void log.push(`${messageId}: ${error}`),
    });
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
    expect(log).toEqual(['begin a', 'end a', 'begin b', 'b: Error: bad', 'begin c', 'end c']);
  });

  it('returns nothing where all is well', async () => {
    const consumer = { handle: async () => undefined, onFailure: async () => undefined };
    expect(await consume(event('a'), consumer)).toEqual({ batchItemFailures: [] });
    expect(await consume(event(), consumer)).toEqual({ batchItemFailures: [] });
  });
});

describe('receiveCountOf', () => {
  it('counts this time too', () => {
    expect(receiveCountOf(sqsRecord('a', '', 3))).toBe(3);
  });
});

describe('visibilityBackoffSeconds', () => {
  it('doubles up to a maximum', () => {
    expect([1, 2, 3, 4, 5, 6, 50].map(visibilityBackoffSeconds)).toEqual([15, 30, 60, 120, 240, 300, 300]);
  });
});
