import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../../lib/ledger/report.ts';
import { parseRecipe } from '../../../lib/recipe/parse.ts';
import type { RecipeInput } from '../../../lib/recipe/schema.ts';
import { type CloudOptions, type EmbeddedCloud, startEmbeddedCloud } from '../../../local/cloud/cloud.ts';

const POLL_MS = 100;

/** An embedded cloud in a folder of its own, which goes with it. */
export interface ScratchCloud extends EmbeddedCloud {
  /** For the files of a test; also holds the Work bucket. */
  readonly folder: string;
  /** Drops files one after another and waits for their reports. */
  importAll(...paths: string[]): Promise<Report[]>;
  importOne(path: string): Promise<Report>;
  /** The report of an import that has come to its end. */
  reportAtEnd(importId: string): Promise<Report>;
}

export interface ScratchCloudOptions
  extends Partial<
    Pick<
      CloudOptions,
      | 'credentialsJson'
      | 'senderTimeoutMs'
      | 'decompressedBytesMax'
      | 'backoffFirstMs'
      | 'governor'
      | 'onLog'
      | 'onError'
    >
  > {
  readonly endpoint: string;
  readonly recipe?: RecipeInput;
}

export const startScratchCloud = async ({
  endpoint,
  recipe,
  ...options
}: ScratchCloudOptions): Promise<ScratchCloud> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-cloud-'));
  const cloud = await startEmbeddedCloud({
    credentialsJson: JSON.stringify({ token: 'test-token' }),
    ...options,
    folder,
    recipe: parseRecipe({ ...recipe, destination: { endpoint } }),
  });

  const reportAtEnd = async (importId: string): Promise<Report> => {
    for (;;) {
      const report = await cloud.report(importId);
      if (report && hasEnded(report)) return report;
      await sleep(POLL_MS);
    }
  };
  const importAll = async (...paths: string[]): Promise<Report[]> => {
    const dropped = [];
    for (const path of paths) dropped.push(await cloud.drop(path));
    return Promise.all(dropped.map(({ importId }) => reportAtEnd(importId)));
  };

  return {
    ...cloud,
    folder,
    reportAtEnd,
    importAll,
    importOne: async (path) => (await importAll(path))[0]!,
    close: async () => {
      await cloud.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const hasEnded = ({ state, chunks: { total, done, failed } }: Report): boolean =>
  state !== 'running' && (total === null || done + failed >= total);
