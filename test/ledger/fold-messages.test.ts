import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import { foldMessages } from '../../lib/ledger/fold-messages.ts';
import type { Receipt } from '../../lib/ledger/receipt.ts';
import { done, failed, planned } from './receipts.ts';

const message = (messageId: string, receipt: Receipt | string) => ({
  messageId,
  body: typeof receipt === 'string' ? receipt : JSON.stringify(receipt),
});

const startStore = (failsFor?: string) => {
  const folds: { importId: string; receipts: readonly Receipt[] }[] = [];
  const fold = async (importId: string, receipts: readonly Receipt[]) => {
    if (importId === failsFor) throw new Error('contended');
    folds.push({ importId, receipts });
    return foldReceipts(undefined, receipts);
  };
  return { folds, store: { fold } };
};

describe('foldMessages', () => {
  it('folds all receipts of an import at once', async () => {
    const { folds, store } = startStore();
    const other = { ...done(0), importId: 'import-2' };
    const messages = [
      message('1', planned(2)),
      message('2', other),
      message('3', done(0)),
      message('4', failed(1)),
    ];
    expect(await foldMessages(messages, store)).toEqual({ failures: [] });
    expect(folds).toEqual([
      { importId: 'import-1', receipts: [planned(2), done(0), failed(1)] },
      { importId: 'import-2', receipts: [other] },
    ]);
  });

  it('gives back what it cannot read, and folds the rest', async () => {
    const { folds, store } = startStore();
    const { failures } = await foldMessages(
      [message('1', 'no JSON'), message('2', '{}'), message('3', planned(1))],
      store,
    );
    expect(failures.map(({ messageId }) => messageId)).toEqual(['1', '2']);
    expect(folds.length).toBe(1);
  });

  it('gives back every message of a report that could not be written', async () => {
    const { folds, store } = startStore('import-1');
    const other = { ...done(0), importId: 'import-2' };
    const { failures } = await foldMessages(
      [message('1', planned(2)), message('2', other), message('3', done(0))],
      store,
    );
    expect(failures.map(({ messageId }) => messageId)).toEqual(['1', '3']);
    expect(folds.map(({ importId }) => importId)).toEqual(['import-2']);
  });

  it('does nothing with no messages', async () => {
    expect(await foldMessages([], startStore().store)).toEqual({ failures: [] });
  });
});
