import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it, vi } from 'vitest';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../local/mixpanel/server.ts';
import { eventIds, eventLines, jsonl } from '../local/cloud/events.ts';
import { readRejects } from '../local/cloud/rejects-file.ts';
import { type ScratchCloud, startScratchCloud } from '../local/cloud/scratch-cloud.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MiB = 1024 * 1024;
const MEMBER_BYTES = 64 * MiB;
/** More than the splitter has memory, in a file of less than a megabyte. */
const MEMBERS = 10;

let simulator: MixpanelSimulator;
let cloud: ScratchCloud;
afterEach(async () => {
  await cloud.close();
  await simulator.close();
});

it('rejects a line that never ends, imports what stands around it, and holds little of it', async () => {
  simulator = await startMixpanelSimulator();
  cloud = await startScratchCloud({
    endpoint: simulator.url,
    recipe: { tuning: { workers: 2, memory: 256 } },
  });
  const zeros = gzipSync(Buffer.alloc(MEMBER_BYTES), { level: 9 });
  const [before, after] = ['before', 'after'].map((prefix) => jsonl(eventLines(prefix, 50)));
  const path = join(cloud.folder, 'bomb.jsonl.gz');
  await writeFile(
    path,
    Buffer.concat([gzipSync(before!), ...Array(MEMBERS).fill(zeros), gzipSync(`\n${after}`)]),
  );
  const { state, records, importId, rejects, source } = await cloud.importOne(path);

  expect(source.bytes).toBeLessThan(2 * MiB);
  expect({ state, ...records }).toEqual({
    state: 'complete',
    read: 101,
    imported: 100,
    rejected: 1,
    filtered: 0,
  });
  expect(rejects.byReason).toEqual({ RECORD_TOO_LONG: 1 });
  expect(simulator.insertIds()).toEqual(new Set([...eventIds('before', 50), ...eventIds('after', 50)]));
  const [rejected] = await readRejects(cloud.folder, importId);
  expect(rejected).toMatchObject({ place: { offset: Buffer.byteLength(before!) }, truncated: true });
  expect(rejected!.raw!.length).toBeLessThanOrEqual(1_024);
  expect(cloud.stats('splitter')).toMatchObject({ invocations: 1, ok: 1 });
});
