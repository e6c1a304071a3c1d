import { describe, expect, it } from 'vitest';
import { readBatchResponse } from '../../../local/mapping/batch-response.ts';

const failures = (...ids: unknown[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('readBatchResponse', () => {
  it.each([null, undefined, {}, { batchItemFailures: null }, { batchItemFailures: [] }, { statusCode: 200 }])(
    'takes %j for success',
    (response) => {
      expect(readBatchResponse(response, ['a', 'b'])).toEqual({ failedIds: new Set() });
    },
  );

  it('names the failed messages', () => {
    expect(readBatchResponse(failures('b', 'c', 'b'), ['a', 'b', 'c'])).toEqual({
      failedIds: new Set(['b', 'c']),
    });
  });

  it.each([
    [failures('a', null), 'missing or empty'],
    [failures(''), 'missing or empty'],
    [failures(7), 'missing or empty'],
    [failures('elsewhere'), 'names no message'],
    [{ batchItemFailures: [{ id: 'a' }] }, 'missing or empty'],
    [{ batchItemFailures: [null] }, 'missing or empty'],
    [{ batchItemFailures: 'a' }, 'not a list'],
    ['done', 'not an object'],
    [200, 'not an object'],
  ])('fails the whole batch on %j', (response, reason) => {
    expect(readBatchResponse(response, ['a', 'b'])).toEqual({
      failedIds: new Set(['a', 'b']),
      malformed: expect.stringContaining(reason),
    });
  });
});
