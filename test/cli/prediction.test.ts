import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measurementOf, predictImport } from '../../cli/prediction.ts';
import { predictionText } from '../../cli/prediction-text.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { planImport } from '../../lib/tune/planner.ts';
import { planOptions } from '../tune/planning.ts';
import { createScratchFolder, type ScratchFolder } from './scratch-folder.ts';

let folder: ScratchFolder;
beforeAll(async () => {
  folder = await createScratchFolder();
});
afterAll(() => folder.remove());

const report = (startedAt: string, finishedAt: string | null, read: number, peakMB: number) => ({
  timing: { startedAt, finishedAt, seconds: 0, eventsPerSecond: 0 },
  records: { read, imported: read, rejected: 0, filtered: 0 },
  memory: { budgetMB: 512, peakMB },
  requests: { total: read / 100, retried: 0, throttled: 0 },
});

describe('a measurement', () => {
  it('goes from the first start to the last end', () => {
    const reports = [
      report('2026-01-01T00:00:00Z', '2026-01-01T00:00:08Z', 1_000, 150),
      report('2026-01-01T00:00:02Z', '2026-01-01T00:00:10Z', 4_000, 170),
      report('2026-01-01T00:00:03Z', null, 700, 900),
    ];
    expect(measurementOf(reports)).toEqual({
      eventsPerSecond: 500,
      seconds: 10,
      memoryMB: 170,
      requests: 50,
    });
  });

  it('is absent where nothing has ended', () => {
    expect(measurementOf([])).toBeUndefined();
  });
});

describe('a prediction', () => {
  const events = Array.from({ length: 500 }, (_, i) =>
    JSON.stringify({
      event: 'a',
      properties: {
        time: 1_700_000_000 + i,
        distinct_id: `u${i}`,
        $insert_id: `id-${i}`,
        note: 'x'.repeat(i % 90),
      },
    }),
  );
  const options = {
    recipe: parseRecipe({ tuning: { workers: 2, recordsPerBatch: 60 } }),
    hasSimulator: true,
  };

  it('counts the requests of small files exactly, also of those that it does not sample', async () => {
    const names = Array.from({ length: 7 }, (_, i) => `events-${i}.jsonl`);
    const files = await Promise.all(names.map((name) => folder.write(name, `${events.join('\n')}\n`)));
    const prediction = await predictImport({ ...options, files });
    expect(prediction?.here.requests).toBe(7 * 9);
    expect(prediction?.here.records).toBe(3_500);
    expect(prediction?.here.seconds).toBeGreaterThan(0.1);
    expect(prediction?.lambda.cost.total).toBeGreaterThan(0);
  });

  it('is absent where there is nothing to go by', async () => {
    const empty = await folder.write('empty.jsonl', '');
    expect(await predictImport({ ...options, files: [empty] })).toBeUndefined();
    expect(await predictImport({ ...options, files: [`${folder.path}/gone.jsonl`] })).toBeUndefined();
  });

  it('stands beside the measurement', () => {
    const plan = planImport(planOptions({ bytes: 2e9, recordBytes: 2_000 }));
    const measured = {
      eventsPerSecond: plan.records / plan.seconds / 2,
      seconds: 2 * plan.seconds,
      memoryMB: 100,
      requests: plan.requests,
    };
    const text = predictionText({ here: plan, lambda: plan }, measured);
    expect(text).toMatch(/off by\W+100 % │\s+-50 % │\s+\+\d\d %/);
    expect(text).toContain(`held back by ${plan.bindingCap}`);
  });

  it('is off by nothing that can be told where nothing was sent', () => {
    const plan = planImport(planOptions({ bytes: 2e9, recordBytes: 2_000 }));
    const measured = { eventsPerSecond: 0, seconds: 2, memoryMB: 100, requests: 0 };
    const text = predictionText({ here: plan, lambda: plan }, measured);
    expect(text).toMatch(/off by +│ +– │/);
    expect(text).not.toContain('Infinity');
  });
});
