import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../lib/read/byte-source.ts';
import { memorySource } from '../lib/read/memory.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import { fakeClient, untilAborted } from './fake-client.ts';
import { LONG_MS, messageOf, restOf, startChunk } from './pipeline-run.ts';
import { countingSource } from './read/counting-source.ts';
import { byNumber, mixedFile, numberOf, numbersOf } from './records.ts';

describe('importChunk', () => {
  it('sends every record once, in batches, and accounts for all of them', async () => {
    const file = mixedFile(500);
    const { result, rejects, client } = startChunk({
      message: messageOf(file),
      source: memorySource(file, 999),
    });
    const { nextOffset, progress, error } = await result;
    const { good, bad } = numbersOf(500);
    expect(error).toBeUndefined();
    expect(nextOffset).toBe(file.length);
    expect(client.received.flat().map(numberOf)).toEqual(good);
    expect(client.received.every((lines) => lines.length <= 10)).toBe(true);
    expect(rejects.map(({ raw }) => JSON.parse(`${raw}0}`).n)).toEqual(bad);
    for (const { offset, raw } of rejects) expect(file.subarray(offset, offset + raw.length)).toEqual(raw);
    expect(progress).toMatchObject({
      records: { read: good.length + bad.length, imported: good.length, rejected: bad.length, filtered: 0 },
      bytes: { read: file.length },
      requests: { total: client.received.length },
      byReason: { INVALID_JSON: bad.length },
      peakMB: 100,
    });
  });

  it('says where the API refused a record, and why', async () => {
    const file = mixedFile(50);
    const client = fakeClient({ refuse: (line) => (numberOf(line) === 8 ? 'too old' : undefined) });
    const { result, rejects } = startChunk({
      message: { ...messageOf(file), offset: 1_000, borders: 'lines' },
      source: memorySource(file),
      client,
    });
    const { progress } = await result;
    const refused = rejects.find(({ reason }) => reason === 'API_REJECTED')!;
    expect(refused).toMatchObject({ chunk: 0, message: 'too old', truncated: false });
    expect(JSON.parse(refused.raw.toString()).properties.n).toBe(8);
    expect(file.indexOf(refused.raw)).toBe(refused.offset - 1_000);
    expect(progress.byReason['API_REJECTED: too old']).toBe(1);
    expect(progress.records.read).toBe(progress.records.imported + progress.records.rejected);
  });

  it('comes to its end with nothing to send', async () => {
    for (const file of [Buffer.alloc(0), Buffer.from('\n\n \n'), Buffer.from('no\n')]) {
      const { result, client } = startChunk({ message: messageOf(file), source: memorySource(file) });
      expect(await result).toMatchObject({ nextOffset: file.length });
      expect(client.received).toEqual([]);
    }
  });

  it('keeps requestsInFlight sends under way, and no more', async () => {
    const file = mixedFile(500);
    const client = fakeClient({ before: () => tick() });
    const { result } = startChunk({
      message: messageOf(file, { requestsInFlight: 3 }),
      source: memorySource(file),
      client,
    });
    await result;
    expect(client.mostAtOnce()).toBe(3);
  });

  it('reads no further than what is under way has room for', async () => {
    const file = mixedFile(20_000);
    const source = countingSource(memorySource(file, 1_024));
    const client = fakeClient({ before: (_, signal) => untilAborted(signal) });
    const { result } = startChunk({
      message: messageOf(file, { requestsInFlight: 2, highWater: 16 }),
      source,
      client,
      remainingMs: () => 200,
    });
    await result;
    expect(source.bytesRead()).toBeLessThan(10_000);
  });
});

describe('importChunk: a chunk of an entry of an archive', () => {
  const TABLE = Buffer.from('event,time,distinct_id\nseen,1700000000,u1\nseen,never,u2\n');
  const messageOfEntry = (name: string) => ({
    ...messageOf(TABLE),
    ...{
      borders: 'records' as const,
      recipe: parseRecipe({ insertId: 'position', tuning: { compress: false } }),
    },
    ...{ entry: { name, format: 'csv' as const, compression: 'none' as const } },
  });
  const run = async (name: string) => {
    const { result, client, rejects } = startChunk({
      message: messageOfEntry(name),
      source: memorySource(TABLE),
    });
    await result;
    return { ids: client.received.flat().map((line) => JSON.parse(line).properties.$insert_id), rejects };
  };

  it('is framed by the format of the entry, and its rejects name it', async () => {
    const { ids, rejects } = await run('d/a.csv');
    expect(ids.length).toBe(1);
    expect(rejects).toMatchObject([{ entry: 'd/a.csv', offset: 42, chunk: 0, reason: 'TIME_INVALID' }]);
  });

  it('has other ids of position than the same place of another entry', async () => {
    const [a, again, b] = await Promise.all([run('a.csv'), run('a.csv'), run('b.csv')]);
    expect(again.ids).toEqual(a.ids);
    expect(b.ids).not.toEqual(a.ids);
  });
});

describe('importChunk: want of time', () => {
  it('stops early enough, and its rest covers exactly what is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(150),
        fc.boolean(),
        fc.integer({ min: 20, max: 3_000 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
        async (
          count,
          lastNewline,
          pieceBytes,
          recordsPerBatch,
          requestsInFlight,
          sendsPerRun,
          failingSends,
        ) => {
          const file = mixedFile(count, { lastNewline });
          const sent = new Set<number>();
          const rejectedAt: number[] = [];
          let sends = 0;
          let message = messageOf(file, { recordsPerBatch, requestsInFlight });
          for (let run = 0; message.range.start < message.range.end; run++) {
            expect(run).toBeLessThan(500);
            let leftMs = LONG_MS;
            const client = fakeClient({
              before: async (lines) => {
                leftMs -= LONG_MS / sendsPerRun;
                if (failingSends.includes(++sends)) throw new Error('unavailable');
                if (sends % 3 === 0) await tick();
                for (const line of lines) sent.add(numberOf(line));
              },
              refuse: (line) => (numberOf(line) % 19 === 0 ? 'refused' : undefined),
            });
            const { result } = startChunk({
              message,
              source: memorySource(file, pieceBytes),
              client,
              rejects: { add: async ({ offset }) => void rejectedAt.push(offset) },
              remainingMs: () => leftMs,
            });
            const ended = await result;
            expect(ended.nextOffset).toBeGreaterThanOrEqual(message.range.start);
            if (ended.error !== undefined) expect(ended.error).toMatchObject({ message: 'unavailable' });
            message = restOf(message, ended);
          }
          const { good, bad } = numbersOf(count);
          expect([...sent].toSorted(byNumber)).toEqual(good);
          const refused = good.filter((n) => n % 19 === 0).length;
          if (message.progress) {
            expect(message.progress.records).toEqual({
              read: good.length + bad.length,
              imported: good.length - refused,
              rejected: bad.length + refused,
              filtered: 0,
            });
            expect(message.progress.bytes.read).toBe(file.length);
          }
          expect(rejectedAt.length).toBe(bad.length + refused);
          expect(new Set(rejectedAt).size).toBe(rejectedAt.length);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('ends what is under way before the time is over, and says no error', async () => {
    const file = mixedFile(100);
    let sends = 0;
    const client = fakeClient({
      before: async (_, signal) => (++sends > 3 ? untilAborted(signal) : undefined),
    });
    const { result } = startChunk({
      message: messageOf(file),
      source: memorySource(file),
      client,
      remainingMs: () => 100,
    });
    const { nextOffset, progress, error } = await result;
    expect(error).toBeUndefined();
    expect(progress.records.imported).toBe(30);
    expect(nextOffset).toBeLessThan(file.length);
    expect(client.received.length).toBe(3);
  });

  it('does not wait for a source that hangs', async () => {
    const source: ByteSource = {
      sizeBytes: 1_000,
      async *read() {
        yield mixedFile(3);
        await new Promise(() => undefined);
      },
    };
    const { result } = startChunk({
      message: messageOf(Buffer.alloc(1_000)),
      source,
      remainingMs: () => 100,
    });
    expect(await result).toMatchObject({ nextOffset: 0, progress: { records: { read: 0 } } });
  });
});
