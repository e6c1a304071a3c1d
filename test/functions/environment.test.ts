import { afterEach, describe, expect, it, vi } from 'vitest';
import { readEnvironment } from '../../functions/environment.ts';

afterEach(() => void vi.unstubAllEnvs());

describe('readEnvironment', () => {
  it('reads the variables it is asked for', () => {
    vi.stubEnv('WORK_BUCKET', 'work');
    vi.stubEnv('MAX_RECEIVE_COUNT', '5');
    vi.stubEnv('BACKOFF_FIRST_MS', undefined);
    expect(readEnvironment('WORK_BUCKET', 'MAX_RECEIVE_COUNT', 'BACKOFF_FIRST_MS')).toEqual({
      WORK_BUCKET: 'work',
      MAX_RECEIVE_COUNT: 5,
      BACKOFF_FIRST_MS: undefined,
    });
  });

  it.each([
    ['WORK_BUCKET', undefined, 'missing'],
    ['WORK_BUCKET', '', 'wrong'],
    ['CHUNKS_QUEUE_URL', 'chunks', 'wrong'],
    ['MAX_RECEIVE_COUNT', undefined, 'missing'],
    ['MAX_RECEIVE_COUNT', 'many', 'wrong'],
    ['MAX_RECEIVE_COUNT', '0', 'wrong'],
    ['BACKOFF_FIRST_MS', '', 'wrong'],
    ['ENDPOINTS_ALLOWED', undefined, 'missing'],
    ['ENDPOINTS_ALLOWED', 'https://proxy.example', 'wrong'],
    ['ENDPOINTS_ALLOWED', '"https://proxy.example"', 'wrong'],
  ] as const)('names %s when it is %o', (name, value, what) => {
    vi.stubEnv(name, value);
    expect(() => readEnvironment(name)).toThrow(`The environment variable ${name} is ${what}`);
  });
});
