import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../lib/plan/layout.ts';
import { PlanError } from '../../lib/plan/plan-error.ts';

const AUTO = { format: 'auto', compression: 'auto' } as const;

describe('layoutOf', () => {
  it.each([
    ['a.jsonl', undefined, 'none'],
    ['a.NDJSON', undefined, 'none'],
    ['a.json', undefined, 'none'],
    ['a.jsonl.gz', undefined, 'gzip'],
    ['a.log.gzip', undefined, 'gzip'],
    ['a.jsonl', 'gzip', 'gzip'],
    ['a.jsonl', 'aws-chunked, gzip', 'gzip'],
    ['a.jsonl', 'aws-chunked', 'none'],
  ])('knows %s with Content-Encoding %s', (key, contentEncoding, compression) => {
    expect(layoutOf({ key, contentEncoding }, AUTO)).toEqual({ format: 'jsonl', compression });
  });

  it('does as the recipe says, whatever the name', () => {
    expect(layoutOf({ key: 'a.csv.gz' }, { format: 'jsonl', compression: 'none' })).toEqual({
      format: 'jsonl',
      compression: 'none',
    });
    expect(layoutOf({ key: 'a.jsonl' }, { ...AUTO, compression: 'gzip' }).compression).toBe('gzip');
  });

  it.each(['a.csv', 'a.parquet', 'jsonl', 'a.jsonl.zst', 'a.jsonl.bak'])('refuses %s by name', (key) => {
    expect(() => layoutOf({ key }, AUTO)).toThrow(PlanError);
    expect(() => layoutOf({ key }, AUTO)).toThrow(`"${key}"`);
  });
});
