import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { visibilityBackoffSeconds } from '../../lib/queue/backoff.ts';
import { consume, GivenUpError, receiveCountOf } from '../../lib/queue/consume.ts';
import { sqsRecord } from './sqs-record.ts';

const event = (...ids: string[]): SQSEvent => ({ Records: ids.map((id) => sqsRecord(id)) });

const PATIENT = { attemptsMax: 5, giveUp: async () => undefined };

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
      ...PATIENT,
    });
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
    expect(log).toEqual(['begin a', 'end a', 'begin b', 'b: Error: bad', 'begin c', 'end c']);
  });

  it('returns nothing where all is well', async () => {
    const consumer = { handle: async () => undefined, onFailure: async () => undefined, ...PATIENT };
    expect(await consume(event('a'), consumer)).toEqual({ batchItemFailures: [] });
    expect(await consume(event(), consumer)).toEqual({ batchItemFailures: [] });
  });
});

describe('consume: a message whose attempts are used up', () => {
  /** Delivers a message for the sixth time. */
  const sixth = async (giveUp: () => Promise<unknown>) => {
    const handled: string[] = [];
    const failures: unknown[] = [];
    const response = await consume(
      { Records: [sqsRecord('a', '', 5), sqsRecord('b', '', 6)] },
      {
        handle: async ({ messageId }) => void handled.push(messageId),
        onFailure: async (_, error) => void failures.push(error),
        attemptsMax: 5,
        giveUp,
      },
    );
    return { handled, failures, response };
  };

  it('is told of and goes back, for its queue to bury, and is not handled again', async () => {
    let told = 0;
    const { handled, failures, response } = await sixth(async () => told++);
    expect([handled, told]).toEqual([['a'], 1]);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
    expect(failures).toEqual([expect.any(GivenUpError)]);
  });

  it('goes back where it could not be told of, to be told of the next time', async () => {
    const away = new Error('queue away');
    const { failures, response } = await sixth(() => Promise.reject(away));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
    expect(failures).toEqual([away]);
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
