import { afterEach, expect, it, vi } from 'vitest';
import { startProgress } from '../../lib/plan/progress.ts';

vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
const { measureChunk, metrics } = await import('../../functions/telemetry.ts');

afterEach(() => vi.restoreAllMocks());

const measured = (run: Parameters<typeof measureChunk>[0]): Record<string, number> => {
  const addMetric = vi.spyOn(metrics, 'addMetric');
  measureChunk(run);
  return Object.fromEntries(addMetric.mock.calls.map(([name, , value]) => [name, value]));
};

const spent = (read: number, request: number, choppyMs: number) => {
  const { stageMs, ...progress } = startProgress(0);
  return { ...progress, stageMs: { ...stageMs, read, request }, choppyMs };
};

it('measures the shares of waits for the source, and of a choppy flow', () => {
  const shares = measured({ progress: spent(250, 750, 200), budgetMB: 512 });
  expect(shares).toMatchObject({ SourceWaitShare: 25, ChoppyShare: 20 });
});

it('leaves out what senders before it have done', () => {
  const shares = measured({ progress: spent(850, 750, 300), before: spent(100, 500, 50), budgetMB: 512 });
  expect(shares).toMatchObject({ SourceWaitShare: 75, ChoppyShare: 25 });
});

it('measures no shares of a run that took no time', () => {
  const progress = spent(100, 100, 100);
  expect(measured({ progress, before: progress, budgetMB: 512 })).toMatchObject({
    SourceWaitShare: 0,
    ChoppyShare: 0,
  });
});
