import { describe, expect, it } from 'vitest';
import { parseChunkMessage } from '../../lib/plan/chunk.ts';
import { countReason, startProgress } from '../../lib/plan/progress.ts';
import { chunkMessage } from '../chunk-message.ts';

describe('parseChunkMessage', () => {
  it('reads back what was written', () => {
    const message = chunkMessage(10, { progress: startProgress(1), recipe: { tuning: { workers: 3 } } });
    expect(parseChunkMessage(JSON.stringify(message))).toEqual(message);
  });

  it('takes places between bytes, as Avro has them', () => {
    const message = chunkMessage(10, { range: { start: 2 ** 42 + 3 / 1024, end: 2 ** 42 + 5 } });
    expect(parseChunkMessage(JSON.stringify(message))).toEqual(message);
  });

  it('takes the progress of earlier versions, which knew no stages', () => {
    const { stageMs: _, choppyMs: __, ...known } = startProgress(1);
    const earlier = { ...known, waitMs: { source: 5, request: 5, throttle: 5, transform: 5 } };
    const message = { ...chunkMessage(10), progress: earlier };
    expect(parseChunkMessage(JSON.stringify(message)).progress).toEqual(startProgress(1));
    const { throttle: ___, ...fewer } = startProgress(1).stageMs;
    const between = { ...message, progress: { ...known, stageMs: { ...fewer, read: 7 } } };
    expect(parseChunkMessage(JSON.stringify(between)).progress?.stageMs).toMatchObject({
      read: 7,
      throttle: 0,
    });
  });

  it('stays far below 64 KiB with the longest key, URI and reasons', () => {
    const progress = startProgress(1);
    for (let i = 0; i < 100; i++) countReason(progress.byReason, `API_REJECTED: ${i} ${'x'.repeat(200)}`);
    const key = '漢'.repeat(341);
    const message = chunkMessage(10, { progress });
    const longest = {
      ...message,
      source: { ...message.source, uri: `s3://inbox/${key}` },
      object: { ...message.object, key },
    };
    expect(Buffer.byteLength(JSON.stringify(longest))).toBeLessThan(32 * 1024);
  });

  it.each([
    ['another version', { v: 2 }],
    ['a negative range', { range: { start: -1, end: 5 } }],
    ['a place that Avro has not', { range: { start: 0.3, end: 5 } }],
    ['a range without end', { range: { start: 0, end: 2 ** 53 } }],
    ['unknown borders', { borders: 'words' }],
    ['a wrong recipe', { recipe: { tuning: { workers: 0 } } }],
  ])('refuses %s', (_, change) => {
    expect(() => parseChunkMessage(JSON.stringify({ ...chunkMessage(10), ...change }))).toThrow();
  });
});
