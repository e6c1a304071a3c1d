import { describe, expect, it } from 'vitest';
import { FrameError } from '../lib/frame/frame-error.ts';
import { startProgress } from '../lib/plan/progress.ts';
import type { ByteSource } from '../lib/read/byte-source.ts';
import { memorySource } from '../lib/read/memory.ts';
import { ReadError } from '../lib/read/read-error.ts';
import { SendError } from '../lib/send/send-error.ts';
import { type FakeClientOptions, untilAborted } from './fake-client.ts';
import { numberOf } from './records.ts';
import { FILE, messageOf, run } from './sender-run.ts';

const failing = (error: Error, afterNumber = -1): FakeClientOptions => ({
  before: (lines) => (numberOf(lines.at(-1)!) > afterNumber ? Promise.reject(error) : undefined),
});

const unavailable = new SendError('API_UNAVAILABLE', 'https://api/import gave no answer');
const unauthorized = new SendError('API_UNAUTHORIZED', 'https://api/import answered HTTP 401');

const brokenSource = (error: Error, after: Buffer = Buffer.alloc(0)): ByteSource => ({
  sizeBytes: FILE.length,
  async *read() {
    yield after;
    throw error;
  },
});

describe('sendChunk: the end of a chunk', () => {
  it('tells the ledger what became of its records', async () => {
    const { outcome, receipts, continuations, rejects } = await run({});
    expect(outcome).toMatchObject({ result: { nextOffset: FILE.length } });
    expect(continuations).toEqual([]);
    expect(receipts).toMatchObject([
      {
        v: 1,
        kind: 'chunk-done',
        importId: 'import-1',
        chunk: 0,
        atMs: 9_000,
        budgetMB: 512,
        tuning: { workers: 10, memory: 512, requestsInFlight: 1, recordsPerBatch: 10, compress: false },
        rejectsUri: 's3://work/rejects/import-1/',
        progress: { records: { rejected: 9 } },
      },
    ]);
    expect([...rejects.objects.keys()]).toEqual(['import-1/000000-0.ndjson.gz']);
    expect(rejects.entries().length).toBe(9);
  });

  it('names no rejects where there are none', async () => {
    const file = Buffer.from(JSON.stringify({ event: 'e', time: 1, distinct_id: 'u' }));
    const { receipts, rejects } = await run({
      message: { ...messageOf(), range: { start: 0, end: file.length } },
      source: memorySource(file),
    });
    expect(receipts[0]).not.toHaveProperty('rejectsUri');
    expect(rejects.objects.size).toBe(0);
  });

  it('fails, so that the message comes again, where the ledger cannot be told', async () => {
    const { outcome } = await run({
      dependencies: { sendReceipt: () => Promise.reject(new Error('queue away')) },
    });
    expect(outcome).toMatchObject({ error: { message: 'queue away' } });
  });
});

describe('sendChunk: what is left', () => {
  it('is sent on at once where only time was missing', async () => {
    let sends = 0;
    const message = messageOf();
    const { outcome, receipts, continuations } = await run({
      message,
      client: { before: (_, signal) => (++sends > 4 ? untilAborted(signal) : undefined) },
      delivery: { remainingMs: () => 100 },
    });
    expect(outcome).toMatchObject({ result: { progress: { records: { imported: 40 } } } });
    expect(receipts).toEqual([]);
    const [continuation] = continuations;
    expect(continuation).toMatchObject({
      delaySeconds: 0,
      message: { range: { end: FILE.length }, progress: { continuations: 1, records: { imported: 40 } } },
    });
    const added = { progress: undefined, rejectParts: undefined };
    expect({ ...continuation!.message, range: message.range, ...added }).toEqual({ ...message, ...added });
  });

  it('is sent on after a while where a failure was in the way', async () => {
    const { outcome, receipts, continuations } = await run({ client: failing(unavailable, 60) });
    expect(outcome).toMatchObject({ result: { error: unavailable } });
    expect(receipts).toEqual([]);
    expect(continuations).toMatchObject([{ delaySeconds: 30, message: { progress: { continuations: 1 } } }]);
    expect(continuations[0]!.message.range.start).toBeGreaterThan(0);
  });

  it('is not sent on where the fuse is blown', async () => {
    const progress = { ...startProgress(0), continuations: 1_000 };
    const { outcome, continuations } = await run({
      message: messageOf({ progress }),
      client: { before: (lines, signal) => (numberOf(lines[0]!) > 30 ? untilAborted(signal) : undefined) },
      delivery: { remainingMs: () => 100 },
    });
    expect(outcome).toMatchObject({ error: { code: 'CHUNK_STUCK', retryable: true } });
    expect(String((outcome as { error: unknown }).error)).toContain('after 1000 continuations');
    expect(continuations).toEqual([]);
  });

  it('stays in the queue where it cannot be sent on', async () => {
    const { outcome } = await run({
      client: failing(unavailable, 60),
      dependencies: { continueChunk: () => Promise.reject(new Error('queue away')) },
    });
    expect(outcome).toMatchObject({ error: { message: 'queue away' } });
  });
});

describe('sendChunk: nothing achieved', () => {
  it('goes back to the queue, and tells no one yet', async () => {
    const { outcome, receipts, continuations } = await run({ client: failing(unavailable) });
    expect(outcome).toEqual({ error: unavailable });
    expect([receipts, continuations]).toEqual([[], []]);
  });

  it('tells the ledger at the last attempt, and fails all the same', async () => {
    const { outcome, receipts } = await run({ client: failing(unavailable), delivery: { receiveCount: 5 } });
    expect(outcome).toEqual({ error: unavailable });
    expect(receipts).toMatchObject([
      { kind: 'chunk-failed', chunk: 0, failure: { code: 'API_UNAVAILABLE', message: unavailable.message } },
    ]);
  });

  it('tells the ledger at once where a resend cannot help, and fails so that a redrive can', async () => {
    const { outcome, receipts } = await run({ client: failing(unauthorized) });
    expect(outcome).toEqual({ error: unauthorized });
    expect(receipts).toMatchObject([{ kind: 'chunk-failed', failure: { code: 'API_UNAUTHORIZED' } }]);
  });

  it('says nothing of an unexpected error but its name', async () => {
    const { receipts } = await run({
      client: failing(new TypeError('secret record content')),
      delivery: { receiveCount: 5 },
    });
    expect(receipts).toMatchObject([
      { failure: { code: 'UNEXPECTED', message: 'TypeError stopped the sender; see its log.' } },
    ]);
  });

  it('is stuck where a whole run was too short', async () => {
    const { outcome } = await run({
      client: { before: (_, signal) => untilAborted(signal) },
      delivery: { remainingMs: () => 50 },
    });
    expect(outcome).toMatchObject({ error: { code: 'CHUNK_STUCK' } });
    expect(String((outcome as { error: unknown }).error)).toContain('did not get past byte 0');
  });

  it('is stuck for the reason that its last failing request met with', async () => {
    const { outcome, receipts } = await run({
      client: {
        before: (_, signal, watch) => {
          watch?.onFault?.(new SendError('API_UNAVAILABLE', 'the one before'));
          watch?.onFault?.(unavailable);
          signal.addEventListener('abort', () =>
            watch?.onFault?.(new SendError('API_UNAVAILABLE', 'cut off')),
          );
          return untilAborted(signal);
        },
      },
      delivery: { remainingMs: () => 50, receiveCount: 5 },
    });
    expect(outcome).toMatchObject({ error: { code: 'CHUNK_STUCK', cause: unavailable } });
    const message = `Chunk 0 of import-1 did not get past byte 0 in the time of a whole run. ${unavailable.message}`;
    expect(receipts).toMatchObject([{ kind: 'chunk-failed', failure: { code: 'CHUNK_STUCK', message } }]);
  });

  it('is stuck for a request that was cut off, where none had failed before', async () => {
    const { outcome } = await run({
      client: {
        before: (_, signal, watch) => {
          signal.addEventListener('abort', () => watch?.onFault?.(unavailable));
          return untilAborted(signal);
        },
      },
      delivery: { remainingMs: () => 50 },
    });
    expect(outcome).toMatchObject({ error: { code: 'CHUNK_STUCK', cause: unavailable } });
  });

  it('is so where no client can be opened', async () => {
    const error = new Error('no secret');
    const { outcome } = await run({ dependencies: { openClient: () => Promise.reject(error) } });
    expect(outcome).toEqual({ error });
  });
});

describe('sendChunk: a source that is gone', () => {
  it.each([0, 2_000])('ends the chunk for good after %i bytes', async (bytes) => {
    const changed = new ReadError('SOURCE_CHANGED', 's3://inbox/a.jsonl was replaced.');
    const { outcome, receipts, continuations } = await run({
      source: brokenSource(changed, FILE.subarray(0, bytes)),
    });
    expect(outcome).toEqual({ result: undefined });
    expect(continuations).toEqual([]);
    expect(receipts).toMatchObject([{ kind: 'chunk-failed', failure: { code: 'SOURCE_CHANGED' } }]);
  });

  it.each([
    ['SOURCE_CORRUPT', new ReadError('SOURCE_CORRUPT', 'broken')],
    ['AVRO_BLOCK_TOO_LONG', new FrameError('AVRO_BLOCK_TOO_LONG', 'too long')],
  ])('is counted as far as it can be read: %s', async (code, broken) => {
    const { receipts, continuations, rejects } = await run({
      source: brokenSource(broken, FILE.subarray(0, 2_000)),
    });
    expect(continuations).toEqual([]);
    expect(receipts).toMatchObject([{ kind: 'chunk-done', failure: { code } }]);
    const [receipt] = receipts;
    if (receipt?.kind !== 'chunk-done') throw new Error('no receipt');
    const { read, imported, rejected } = receipt.progress.records;
    expect(imported + rejected).toBe(read);
    expect(imported).toBeGreaterThan(10);
    expect(rejects.entries()).toHaveLength(rejected);
    expect(rejected).toBeGreaterThan(0);
  });

  it('has failed where nothing of it can be read', async () => {
    const broken = new FrameError('AVRO_UNSUPPORTED', 'a strange codec');
    const { outcome, receipts } = await run({ source: brokenSource(broken) });
    expect(outcome).toEqual({ result: undefined });
    expect(receipts).toMatchObject([{ kind: 'chunk-failed', failure: { code: 'AVRO_UNSUPPORTED' } }]);
  });

  it('comes again where only the reading failed', async () => {
    const away = new ReadError('SOURCE_UNAVAILABLE', 's3://inbox/a.jsonl cannot be read now.');
    const { outcome, receipts } = await run({ source: brokenSource(away) });
    expect(outcome).toEqual({ error: away });
    expect(receipts).toEqual([]);
  });
});
