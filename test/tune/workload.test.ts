import { describe, expect, it } from 'vitest';
import { memorySource } from '../../lib/read/memory.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { levelSixRatio, ratioOf } from '../../lib/tune/ratio.ts';
import { sampleSource } from '../../lib/tune/sample.ts';
import { workloadOf } from '../../lib/tune/workload.ts';

const recipe = parseRecipe({});
const layout = { format: 'jsonl', compression: 'none' } as const;

const sampleOf = (lines: readonly string[]) =>
  sampleSource(memorySource(Buffer.from(lines.join('\n'))), layout, recipe);

const line = (i: number): string =>
  JSON.stringify({
    event: 'a',
    properties: { time: 1_700_000_000, distinct_id: 'u', $insert_id: `i${i % 10}`, text: 'abc '.repeat(100) },
  });

describe('a sampled workload', () => {
  it('sums up several sources, and measures the ratios that are asked for', async () => {
    const lines = Array.from({ length: 50 }, (_, i) => line(i));
    const samples = [await sampleOf(lines), await sampleOf(lines)];
    const sampled = workloadOf(samples, recipe, [1, 9])!;
    expect(sampled.isExact).toBe(true);
    expect(sampled.workload).toMatchObject({
      sources: 2,
      records: 100,
      recordBytes: line(0).length + 1,
      isStaged: false,
    });
    expect(Object.keys(sampled.workload.ratios!)).toEqual(['1', '9']);
    expect(sampled.workload.ratios![9]).toBeGreaterThan(5);
  });

  it('is absent without records', async () => {
    expect(workloadOf([await sampleOf([''])], recipe, [6])).toBeUndefined();
    expect(workloadOf([], recipe, [6])).toBeUndefined();
  });
});

describe('a ratio', () => {
  const at = (compressionLevel: number) => ({ compress: true, compressionLevel });

  it('is the measured one, and follows from level 6 elsewhere', () => {
    const workload = { ratioAtLevel6: 5, ratios: { 9: 7 } };
    expect(ratioOf(workload, at(9))).toBe(7);
    expect(ratioOf(workload, at(6))).toBe(5);
    expect(ratioOf(workload, at(1))).toBe(4);
  });

  it('is 1 for what is not compressed, and never less', () => {
    expect(ratioOf({ ratioAtLevel6: 5 }, at(0))).toBe(1);
    expect(ratioOf({ ratioAtLevel6: 5 }, { compress: false, compressionLevel: 6 })).toBe(1);
    expect(ratioOf({ ratioAtLevel6: 1 }, at(1))).toBe(1);
  });

  it('at level 6 follows from any other', () => {
    expect(levelSixRatio({ 1: 4 })).toBeCloseTo(5);
    expect(levelSixRatio({ 1: 4, 6: 6 })).toBe(6);
    expect(levelSixRatio({})).toBeUndefined();
  });
});
