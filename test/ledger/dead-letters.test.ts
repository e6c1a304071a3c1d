import { describe, expect, it } from 'vitest';
import { receiptOfDeadChunk, receiptsOfDeadNotification } from '../../lib/ledger/dead-letters.ts';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import { importIdOf } from '../../lib/plan/import-id.ts';
import { chunkMessage } from '../chunk-message.ts';

describe('receiptOfDeadChunk', () => {
  it('says that the chunk was given up', () => {
    const receipt = receiptOfDeadChunk(JSON.stringify(chunkMessage(10, { chunk: 4 })), 5_000);
    expect(foldReceipts(undefined, [receipt])).toMatchObject({
      importId: 'import-1',
      chunks: { done: 0, failed: 1 },
      failures: [{ chunk: 4, code: 'GIVEN_UP' }],
    });
  });
});

describe('receiptsOfDeadNotification', () => {
  it('says that each import was given up, under the id that the splitter would have used', () => {
    const object = { key: 'a+b.jsonl', eTag: 'e1', sequencer: '0A' };
    const body = JSON.stringify({
      Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'inbox' }, object } }],
    });
    const receipts = receiptsOfDeadNotification(body, 5_000);
    const importId = importIdOf({ bucket: 'inbox', key: 'a b.jsonl', etag: 'e1', sequencer: '0A' });
    expect(foldReceipts(undefined, receipts)).toMatchObject({
      importId,
      state: 'failed',
      source: { uri: 's3://inbox/a b.jsonl' },
      failures: [{ chunk: null, code: 'GIVEN_UP' }],
    });
  });
});
