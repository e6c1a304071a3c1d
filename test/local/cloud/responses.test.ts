import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startMixpanelSimulator } from '../../../local/mixpanel/server.ts';
import { eventLines, jsonl } from './events.ts';
import { startScratchCloud } from './scratch-cloud.ts';

vi.setConfig({ testTimeout: 120_000 });

const readAnswers = async (folder: string): Promise<{ status: number; body: string }[]> => {
  const parts: string[] = [];
  for await (const part of glob('*.ndjson.gz', { cwd: folder }))
    parts.push(gunzipSync(await readFile(join(folder, part))).toString());
  const lines = parts.join('').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
};

it('keeps every answer, refusals too, and says where, if the recipe is not abridged', async () => {
  const simulator = await startMixpanelSimulator({ faults: { seed: 7, rate: 0.33, kinds: ['503'] } });
  onTestFinished(() => simulator.close());
  const cloud = await startScratchCloud({
    endpoint: simulator.url,
    backoffFirstMs: 1,
    recipe: { tuning: { workers: 2, memory: 256, recordsPerBatch: 50, abridged: false } },
  });
  onTestFinished(() => cloud.close());
  const path = join(cloud.folder, 'events.jsonl');
  await writeFile(path, jsonl(eventLines('answered', 1_000)));
  const report = await cloud.importOne(path);
  const answers = await readAnswers(join(cloud.folder, 'work', 'responses', report.importId));

  expect(report).toMatchObject({
    state: 'complete',
    records: { imported: 1_000 },
    responses: { uri: `s3://work/responses/${report.importId}/` },
  });
  expect(answers).toHaveLength(report.requests.total);
  expect(answers.filter(({ status }) => status === 503)).toHaveLength(report.requests.retried);
  expect(report.requests.retried).toBeGreaterThan(0);
  const imported = answers.filter(({ status }) => status === 200).map(({ body }) => JSON.parse(body));
  expect(imported.reduce((sum, { num_records_imported }) => sum + num_records_imported, 0)).toBe(1_000);
});
