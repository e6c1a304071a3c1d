import { expect, it } from 'vitest';
import { chunkStuck } from '../lib/chunk-stuck.ts';
import { chunkMessage } from './chunk-message.ts';

it.each([
  ['bytes', 0, 'did not get past byte 10'],
  ['rows', 0, 'did not get past row 10'],
  ['rows', 5, 'is at row 10 after 1000 continuations'],
] as const)('says where a chunk of %s is stuck', (borders, moved, where) => {
  const message = chunkMessage(100, { borders, range: { start: 10 - moved, end: 90 } });
  expect(chunkStuck(message, { nextOffset: 10, fault: undefined }).message).toContain(where);
});
