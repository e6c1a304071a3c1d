import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../../local/mixpanel/server.ts';
import { eventIds, eventLines, jsonl } from './events.ts';
import { readRejects } from './rejects-file.ts';
import { type ScratchCloud, startScratchCloud } from './scratch-cloud.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let simulator: MixpanelSimulator;
let cloud: ScratchCloud;
beforeAll(async () => {
  simulator = await startMixpanelSimulator();
  cloud = await startScratchCloud({ endpoint: simulator.url });
});
afterAll(async () => {
  await cloud.close();
  await simulator.close();
});

it('takes a file that is dropped again for an import of its own, and its records for the same', async () => {
  const path = join(cloud.folder, 'again.jsonl');
  await writeFile(path, jsonl([...eventLines('again', 30), 'not JSON']));
  const [first, second] = [await cloud.importOne(path), await cloud.importOne(path)];
  expect(second.importId).not.toBe(first.importId);
  for (const { state, records, importId } of [first, second]) {
    expect({ state, ...records }).toMatchObject({ state: 'complete', imported: 30, rejected: 1 });
    expect(await readRejects(cloud.folder, importId)).toHaveLength(1);
    expect(await cloud.report(importId)).toMatchObject({ importId });
  }
  expect(simulator.insertIds()).toEqual(new Set(eventIds('again', 30)));
});
