import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../../local/mixpanel/server.ts';
import { tarBytes } from '../../read/tar-bytes.ts';
import { zipBytes } from '../../read/zip-bytes.ts';
import { eventIds, eventLines, jsonl } from './events.ts';
import { type ScratchCloud, startScratchCloud } from './scratch-cloud.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MiB = 1024 * 1024;

let simulator: MixpanelSimulator;
let cloud: ScratchCloud;
beforeEach(async () => {
  simulator = await startMixpanelSimulator();
  cloud = await startScratchCloud({
    endpoint: simulator.url,
    recipe: { tuning: { workers: 2, memory: 256 } },
    decompressedBytesMax: 64 * MiB,
  });
});
afterEach(async () => {
  await cloud.close();
  await simulator.close();
});

const drop = async (name: string, bytes: Buffer) => {
  const path = join(cloud.folder, name);
  await writeFile(path, bytes);
  return cloud.importOne(path);
};

const FILES = ['a', 'b'].map((name) => ({
  name: `2026/${name}.json.gz`,
  content: gzipSync(jsonl(eventLines(name, 500))),
}));
const IDS = new Set([...eventIds('a', 500), ...eventIds('b', 500)]);

describe('archives, through the deployed bundles', () => {
  it.each([
    ['zip', async () => zipBytes(FILES)],
    ['tar.gz', async () => gzipSync(await tarBytes(...FILES))],
  ])('imports every event of a %s once', async (compression, archive) => {
    const report = await drop(`export.${compression}`, await archive());
    expect(report).toMatchObject({
      state: 'complete',
      source: { compression, format: 'jsonl' },
      entries: { read: 2, skipped: 0, refused: 0 },
      records: { read: 1_000, imported: 1_000 },
    });
    expect(simulator.insertIds()).toEqual(IDS);
  });

  it('reads a bomb no further than the limit, in the memory there is, and imports what is before it', async () => {
    const long = Buffer.alloc(256 * MiB, 'x');
    const bomb = { name: 'bomb.jsonl', content: gzipSync(long) };
    const { state, failures, records } = await drop('bomb.zip', zipBytes([...FILES, bomb]));
    expect(bomb.content.length).toBeLessThan(MiB);
    expect(state).toBe('failed');
    expect(failures).toMatchObject([{ code: 'SOURCE_TOO_LARGE' }]);
    expect(records).toMatchObject({ imported: 1_000, rejected: 1 });
    expect(simulator.insertIds()).toEqual(IDS);
    expect(cloud.stats('splitter')).toMatchObject({ invocations: 1, ok: 1 });
  });
});
