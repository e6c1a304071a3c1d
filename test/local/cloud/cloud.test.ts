import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parseRecipe } from '../../../lib/recipe/parse.ts';
import { startEmbeddedCloud } from '../../../local/cloud/cloud.ts';
import { eventLines, jsonl } from './events.ts';
import { type Receiver, startReceiver } from './receiver.ts';

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let temporary: string;
let receiver: Receiver;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanout-cloud-'));
  temporary = join(folder, 'tmp');
  await mkdir(temporary);
  vi.stubEnv('TMPDIR', temporary);
  receiver = await startReceiver();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await receiver.close();
  await rm(folder, { recursive: true, force: true });
});

it('leaves reports behind, but no bundles and no staged chunks other than those of other clouds', async () => {
  const path = join(folder, 'events.jsonl.gz');
  await writeFile(path, gzipSync(jsonl(eventLines('staged', 200))));
  const others = join(folder, 'work', 'staged', 'import-of-another-cloud');
  await mkdir(others, { recursive: true });
  const cloud = await startEmbeddedCloud({
    folder,
    credentialsJson: JSON.stringify({ token: 'test-token' }),
    recipe: parseRecipe({ destination: { endpoint: receiver.url }, tuning: { memory: 256 } }),
  });
  const { importId } = await cloud.drop(path);
  await vi.waitFor(async () => expect((await cloud.report(importId))?.state).toBe('complete'), 60_000);
  expect(await readdir(join(folder, 'work', 'staged'))).toContain(importId);

  await cloud.close();

  expect(await readdir(join(folder, 'work', 'staged'))).toEqual(['import-of-another-cloud']);
  expect(await readdir(join(folder, 'work', 'reports'))).toEqual([`${importId}.json`]);
  expect(await readdir(temporary)).toEqual([]);
});
