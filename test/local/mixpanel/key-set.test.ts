import { expect, it } from 'vitest';
import { createKeySet } from '../../../local/mixpanel/key-set.ts';

it('holds each key once, through growth', () => {
  const keys = createKeySet();
  for (let round = 0; round < 2; round++) {
    for (let number = 0; number < 60_000; number++) keys.add(`key-${number}`);
  }
  expect(keys.size).toBe(60_000);
  expect(keys.has('key-0')).toBe(true);
  expect(keys.has('key-59999')).toBe(true);
  expect(keys.has('key-60000')).toBe(false);
});

it('is empty once cleared', () => {
  const keys = createKeySet();
  keys.add('a');
  keys.clear();
  expect(keys.size).toBe(0);
  expect(keys.has('a')).toBe(false);
});
