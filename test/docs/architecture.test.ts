import { describe, expect, it } from 'vitest';
import { parseReceipt } from '../../lib/ledger/receipt.ts';
import { parseChunkMessage } from '../../lib/plan/chunk.ts';
import { blocksOf, readPage } from './markdown.ts';

const [chunkMessage, receipt] = blocksOf(await readPage('docs/architecture.md'), 'json');

describe('docs/architecture.md', () => {
  it('shows a chunk message that a sender takes', () => {
    const { recipe, ...shown } = parseChunkMessage(chunkMessage!);
    expect({ ...shown, recipe: {} }).toEqual(JSON.parse(chunkMessage!));
  });

  it('shows a receipt that the ledger takes', () => {
    expect(parseReceipt(receipt!)).toEqual(JSON.parse(receipt!));
  });
});
