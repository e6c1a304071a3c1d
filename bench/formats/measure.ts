import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCountingProcess } from '../counting-process.ts';
import { NO_QUOTA } from '../no-quota.ts';
import { type MeasuredImport, measureImport } from '../run-import.ts';
import type { Kind } from './kinds.ts';
import { rows } from './rows.ts';

const MB = 1_000_000;
/** About 4 MB as JSON. */
const BLOCK_ROWS = 4_096;
export const MEMORY_MB = 512;

/** One import of a file of some kind. */
export interface Measured {
  readonly kind: string;
  /** Records as lines of JSON. */
  readonly recordMB: number;
  /** As it is stored. */
  readonly fileMB: number;
  readonly records: number;
  readonly splitterMB: number;
  readonly senderMB: number;
  /** Of splitter and senders together. */
  readonly cpuSeconds: number;
  readonly splitterCpuSeconds: number;
  readonly seconds: number;
  /** What is wrong with the counts; empty where nothing is. */
  readonly problem: string;
}

export interface MeasureOptions {
  readonly folder: string;
  /** About so much, as lines of JSON. */
  readonly megabytes: number;
  readonly compressionLevel: number;
}

/** Writes a file of a kind, imports it with 512 MB for each function, and deletes it. */
export const measureKind = async (kind: Kind, options: MeasureOptions): Promise<Measured> => {
  const { folder, compressionLevel } = options;
  const block = rows(BLOCK_ROWS);
  const blockBytes = block.reduce((sum, row) => sum + JSON.stringify(row).length + 1, 0);
  const times = Math.max(1, Math.round((options.megabytes * kind.share * MB) / blockBytes));
  const path = join(folder, `events${kind.extension}`);
  await kind.write(path, block, times);
  const { size } = await stat(path);
  const recipe = join(folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify(recipeOf(compressionLevel)));
  const server = await startCountingProcess();
  try {
    const importOptions = ['--endpoint', server.url, '--memory', String(MEMORY_MB), '--recipe', recipe];
    const measured = await measureImport(folder, path, [...importOptions, '--workers', '2']);
    const records = times * block.length;
    const { events } = await server.counts();
    return {
      kind: kind.name,
      recordMB: (times * blockBytes) / MB,
      fileMB: size / MB,
      records,
      ...figuresOf(measured),
      problem: problemOf(measured, { records, events }),
    };
  } finally {
    await server.close();
    await rm(path);
    await rm(join(folder, 'fanout'), { recursive: true, force: true });
  }
};

const recipeOf = (compressionLevel: number) => ({
  fields: { $insert_id: { column: 'id' } },
  destination: { quota: NO_QUOTA },
  tuning: { compressionLevel },
});

const figuresOf = ({ peaksMB, cpuSeconds, seconds }: MeasuredImport) => ({
  splitterMB: peaksMB.splitter,
  senderMB: peaksMB.sender,
  cpuSeconds: cpuSeconds.splitter + cpuSeconds.sender,
  splitterCpuSeconds: cpuSeconds.splitter,
  seconds,
});

const problemOf = (
  { report, exitCode }: MeasuredImport,
  { records, events }: { readonly records: number; readonly events: number },
): string => {
  if (exitCode !== 0 || report?.state !== 'complete') {
    const reasons = report?.failures?.map(({ code }) => code).join(', ');
    return `import ${report?.state ?? 'without a report'} ${reasons ?? ''}`.trim();
  }
  return report.records.imported === records && events === records
    ? ''
    : `${records} written, ${report.records.imported} imported, ${events} arrived`;
};
