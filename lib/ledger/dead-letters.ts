import { parseChunkMessage } from '../plan/chunk.ts';
import { importIdOf } from '../plan/import-id.ts';
import { parseNotification } from '../plan/notification.ts';
import { type Failure, GIVEN_UP, type Receipt } from './receipt.ts';

/** What the ledger must know of a chunk message that was given up. */
export const receiptOfDeadChunk = (body: string, atMs: number): Receipt => {
  const { importId, source, chunk } = parseChunkMessage(body);
  return { v: 1, kind: 'chunk-failed', importId, source, chunk, atMs, failure: FAILURE };
};

/** What the ledger must know of a notification that was given up. */
export const receiptsOfDeadNotification = (body: string, atMs: number): Receipt[] =>
  parseNotification(body).map((created) => ({
    v: 1,
    kind: 'import-failed',
    importId: importIdOf({ ...created, etag: created.etag ?? '' }),
    source: {
      uri: `s3://${created.bucket}/${created.key}`,
      bytes: 0,
      format: 'unknown',
      compression: 'unknown',
    },
    atMs,
    failure: FAILURE,
  }));

const FAILURE: Failure = {
  code: GIVEN_UP,
  message:
    'Every attempt ended without an answer, for instance because the function ran out of memory or time; see its log.',
};
