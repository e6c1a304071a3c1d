import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../lib/read/byte-source.ts';
import { memorySource } from '../lib/read/memory.ts';
import { ReadError } from '../lib/read/read-error.ts';
import { fakeClient, untilAborted } from './fake-client.ts';
import { messageOf, restOf, startChunk } from './pipeline-run.ts';
import { countingSource } from './read/counting-source.ts';
import { mixedFile, numberOf, numbersOf } from './records.ts';

describe('importChunk: failures', () => {
  it('keeps what was done before one', async () => {
    const file = mixedFile(200);
    const failure = new Error('refused');
    const client = fakeClient({
      before: async (lines) => (numberOf(lines[0]!) > 90 ? Promise.reject(failure) : undefined),
    });
    const { result } = startChunk({
      message: messageOf(file, { requestsInFlight: 1 }),
      source: memorySource(file, 100),
      client,
    });
    const { nextOffset, progress, error } = await result;
    expect(error).toBe(failure);
    expect(progress.records.imported).toBe(client.received.flat().length);
    expect(progress.records.imported).toBeGreaterThan(50);
    expect(progress.bytes.read).toBe(nextOffset);
    const rest = startChunk({ message: restOf(messageOf(file), await result), source: memorySource(file) });
    await rest.result;
    expect([...client.received, ...rest.client.received].flat().map(numberOf)).toEqual(numbersOf(200).good);
  });

  it('keeps what came before a source breaks', async () => {
    const file = mixedFile(200);
    const source: ByteSource = {
      sizeBytes: file.length,
      async *read({ start }) {
        yield file.subarray(start, 3_000);
        await tick();
        await tick();
        throw new Error('broken');
      },
    };
    const { result } = startChunk({ message: messageOf(file, { requestsInFlight: 16 }), source });
    const { nextOffset, error } = await result;
    expect(error).toMatchObject({ message: 'broken' });
    expect(nextOffset).toBeGreaterThan(0);
    expect(nextOffset).toBeLessThanOrEqual(3_000);
  });

  it('imports all that stands before the place where its source is broken', async () => {
    const file = mixedFile(200);
    const broken = new ReadError('SOURCE_CORRUPT', 'broken at byte 3000');
    const source: ByteSource = {
      sizeBytes: file.length,
      async *read() {
        yield file.subarray(0, 3_000);
        throw broken;
      },
    };
    const message = messageOf(file, { recordsPerBatch: 2_000 });
    const { result, client } = startChunk({ message, source });
    const { nextOffset, progress, error } = await result;
    expect(error).toBe(broken);
    const lines = file.subarray(0, 3_000).toString().split('\n').slice(0, -1);
    expect(client.received.flat().map(numberOf)).toEqual(
      numbersOf(200).good.filter((n) => lines.some((line) => line !== '' && line.includes(`"n":${n},`))),
    );
    expect(progress.records.read).toBe(lines.filter((line) => line !== '').length);
    expect(nextOffset).toBe(file.lastIndexOf('\n', 2_999) + 1);
  });

  it('counts nothing of a batch whose rejections could not be written', async () => {
    const file = mixedFile(200);
    let added = 0;
    const { result } = startChunk({
      message: messageOf(file, { requestsInFlight: 1 }),
      source: memorySource(file),
      rejects: {
        add: async () => {
          if (++added > 4) throw new Error('no room');
        },
      },
    });
    const { nextOffset, progress, error } = await result;
    expect(error).toMatchObject({ message: 'no room' });
    expect(progress.records.read).toBe(progress.records.imported + progress.records.rejected);
    expect(progress.records.rejected).toBeLessThanOrEqual(4);
    const before = file.subarray(0, nextOffset).toString().split('\n');
    expect(progress.records.read).toBe(before.filter((line) => line !== '').length);
  });

  it('waits for a commit that has begun, so that it counts as a whole or not at all', async () => {
    const file = mixedFile(60);
    const writing = Promise.withResolvers<void>();
    let sends = 0;
    const client = fakeClient({
      before: async () => {
        if (++sends < 2) return;
        await tick();
        setImmediate(() => setImmediate(() => writing.resolve()));
        throw new Error('refused');
      },
    });
    const { result } = startChunk({
      message: messageOf(file, { requestsInFlight: 2 }),
      source: memorySource(file),
      client,
      rejects: { add: () => writing.promise },
    });
    const ended = await result;
    const accountAtEnd = structuredClone(ended.progress);
    await tick();
    await tick();
    await tick();
    expect(ended.error).toMatchObject({ message: 'refused' });
    expect(ended.progress).toEqual(accountAtEnd);
    const before = file.subarray(0, ended.nextOffset).toString().split('\n');
    expect(ended.progress.records.read).toBe(before.filter((line) => line !== '').length);
    expect(ended.nextOffset).toBeGreaterThan(0);
  });

  it('holds a bounded amount of rejected records behind a slow answer', async () => {
    const bad = `${'x'.repeat(1_000_000)}\n`;
    const file = Buffer.from(
      `${JSON.stringify({ event: 'e', time: 1, distinct_id: 'u' })}\n${'no\n'.repeat(10)}${bad.repeat(60)}`,
    );
    const source = countingSource(memorySource(file, 65_536));
    const client = fakeClient({ before: (_, signal) => untilAborted(signal) });
    const { result } = startChunk({
      message: messageOf(file, { memory: 128, requestsInFlight: 16, bytesPerBatch: 2_000_000 }),
      source,
      client,
      remainingMs: () => 1_000,
    });
    await result;
    expect(source.bytesRead()).toBeLessThan(30_000_000);
  });
});
