import { describe, expect, it } from 'vitest';
import { GUIDE_ROWS, realise, recipeOf } from '../../bench/guide/rows.ts';
import type { RowResult } from '../../bench/guide/run.ts';
import { sectionText, tablesText, verdictText } from '../../bench/guide/table.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { DENSITY_CLASSES } from '../../lib/tune/density.ts';
import { predictMemory } from '../../lib/tune/predict-memory.ts';

const rows = GUIDE_ROWS.map((row) => ({ ...row, name: `${row.density}, ${row.workers} workers` }));

describe.each(rows)('the row $name', (row) => {
  const { senders, requestsInFlight, memoryMB } = realise(row);

  it('keeps all its requests under way, in as few senders as hold them', () => {
    expect(senders * requestsInFlight).toBe(row.workers);
    expect(senders).toBe(Math.ceil(row.workers / 16));
  });

  it('has no more memory than the guide', () => {
    expect(senders * memoryMB).toBeLessThanOrEqual(row.memoryMB);
  });

  it('has batches that fit, and is a valid recipe', () => {
    const { tuning } = parseRecipe(recipeOf(row));
    const { benchmarkBytes: recordBytes } = DENSITY_CLASSES.find(({ name }) => name === row.density)!;
    const batchBytes = Math.min(tuning.bytesPerBatch, tuning.recordsPerBatch * recordBytes);
    const memory = predictMemory({ ...tuning, memoryMB, batchBytes, chunkBytes: 64_000_000, recordBytes });
    expect(memory.slots).toBe(requestsInFlight);
    expect(tuning).toMatchObject({ workers: senders, highWater: row.highWater, memory: memoryMB });
  });
});

const result = (changes: Partial<RowResult> = {}): RowResult => ({
  guide: GUIDE_ROWS[0]!,
  realised: realise(GUIDE_ROWS[0]!),
  compressionLevel: 6,
  recordsPerBatch: 2_000,
  events: 1_000,
  seconds: 10,
  eventsPerSecond: 20_000,
  sendersMB: [120],
  sendersSumMB: 120,
  othersMB: 300,
  cores: { senders: 1.2, others: 0.4, server: 0.1 },
  bottleneck: 'transform',
  cap: 'cpu',
  isWhole: true,
  isWithinMemory: true,
  ...changes,
});

describe('the result', () => {
  it('counts the rows within the memory and at the throughput of the guide', () => {
    const results = [result(), result({ eventsPerSecond: 100 })];
    expect(verdictText(results)).toBe(
      "2 of 2 rows take no more memory than the guide's, 1 are at least as fast.",
    );
  });

  it('names rows that take more memory, and rows with missing events', () => {
    const text = verdictText([result({ isWithinMemory: false }), result({ isWhole: false })]);
    expect(text).toContain('More memory: small with 5 workers.');
    expect(text).toContain(
      'Not every event arrived once, or a sender was ended early: small with 5 workers.',
    );
  });

  it("stands beside the guide's figures, as text and as Markdown", () => {
    const circumstances = { date: '2026-11-22', node: '24', machine: '2 × CPU', busyCores: 0 };
    expect(tablesText([result()])).toMatch(/15,000\s+│ 20,000/);
    const section = sectionText([result({ compressionLevel: 1 })], circumstances);
    expect(section).toMatch(/^## The guide's tables \(2026-11-22\)/);
    expect(section).toContain('gzip level 1');
    expect(section).toContain(
      '| 5, 50 | 1 × 5, 2,000 | 150 | 120 | 300 | 15,000 | 20,000 | transform, cpu |',
    );
  });
});
