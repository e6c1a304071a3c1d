import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import { parseReceipt } from '../../lib/ledger/receipt.ts';
import { parseChunkMessage } from '../../lib/plan/chunk.ts';
import { parseNotification } from '../../lib/plan/notification.ts';
import { startProgress } from '../../lib/plan/progress.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { chunkMessage } from '../chunk-message.ts';

const HOSTILE_KEYS = ['__proto__', 'constructor', 'prototype'] as const;

/** JSON text with a key that an object literal would not have as its own. */
const withKey = (value: object, key: string): string =>
  JSON.stringify(value).replace(/\}$/, `,"${key}":{"polluted":1,"workers":99}}`).replace('{,', '{');

const expectClean = (): void => {
  expect({}).not.toHaveProperty('polluted');
  expect([]).not.toHaveProperty('polluted');
  expect(Object.keys(Object.prototype)).toEqual([]);
};

describe.each(HOSTILE_KEYS)('the key %s', (key) => {
  it.each([
    ['a recipe', (text: string) => text, key],
    ['its tuning', (text: string) => `{"tuning":${text}}`, `tuning.${key}`],
    ['its fields', (text: string) => `{"fields":${text}}`, `fields.${key}`],
  ])('is refused by name in %s', (_, nest, path) => {
    const recipe: unknown = JSON.parse(nest(withKey({}, key)));
    expect(() => parseRecipe(recipe)).toThrow(`${path}: unknown key`);
    expectClean();
  });

  it('is refused in the recipe of a chunk message, and dropped beside it', () => {
    const message = chunkMessage(10);
    const hostile = JSON.stringify(message).replace('"tuning":{', `"tuning":{"${key}":{"polluted":1},`);
    expect(() => parseChunkMessage(hostile)).toThrow('Unrecognized key');
    expect(parseChunkMessage(withKey(message, key))).toEqual(message);
    expectClean();
  });

  it('is a reason like any other in a receipt', () => {
    const { importId, source } = chunkMessage(10);
    const progress = { ...startProgress(1), byReason: {} };
    const receipt = {
      v: 1,
      kind: 'chunk-done',
      importId,
      source,
      chunk: 0,
      progress,
      atMs: 2,
      budgetMB: 512,
    };
    const hostile = JSON.stringify(receipt).replace('"byReason":{', `"byReason":{"${key}":3`);
    const report = foldReceipts(undefined, [parseReceipt(hostile)]);
    expect(JSON.stringify(report.rejects.byReason)).not.toContain('object');
    expectClean();
  });

  it('is nothing to a notification', () => {
    const object = { key: `${key}.jsonl`, eTag: 'e' };
    const Records = [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'inbox' }, object } }];
    expect(parseNotification(withKey({ Records }, key))).toEqual([
      { bucket: 'inbox', key: `${key}.jsonl`, etag: 'e' },
    ]);
    expectClean();
  });
});
