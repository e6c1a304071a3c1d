import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../lib/ledger/report.ts';
import { WORK_BUCKET } from '../../local/cloud/bucket-names.ts';
import type { DroppedFile, EmbeddedCloud } from '../../local/cloud/cloud.ts';
import type { Expected } from './expect.ts';
import { judgeRejects, judgeReport } from './judge.ts';
import type { FileSpec } from './kinds.ts';
import type { Random } from './random.ts';
import { countRejects } from './rejects.ts';
import { writeElsewhere } from './writer.ts';

const LOOK_MS = 500;
/** An import that has not ended by then never will: a message that fails each time is given up after eight minutes. */
const END_WITHIN_MS = 12 * 60_000;
/** How long an ended import is left alone, for messages that come late. */
const GRACE_MS = 20_000;
/** Numbers of the files that take the place of others. */
const REPLACEMENTS_FROM = 100_000;

/** A file that was dropped, and what became of it. */
export interface FileResult {
  readonly spec: FileSpec;
  readonly expected: Expected;
  /** One for each drop. */
  readonly reports: readonly Report[];
  readonly problems: readonly string[];
}

export interface FilesOptions {
  readonly cloud: EmbeddedCloud;
  readonly folder: string;
  readonly random: Random;
  /** Called once the imports have ended, before they are judged. */
  readonly onEnded: () => void;
}

/** Makes a file, drops it, waits for its end, and cleans up. @returns two results where it was replaced */
export const importFile = async (spec: FileSpec, options: FilesOptions): Promise<FileResult[]> => {
  const { cloud, folder, onEnded } = options;
  await mkdir(join(folder, 'inbox'), { recursive: true });
  const path = join(folder, 'inbox', `file-${spec.number}${spec.kind.extension}`);
  const expected = await writeElsewhere(spec, path);
  const drops = [await cloud.drop(path)];
  if (spec.kind.drop === 'twice') drops.push(await cloud.drop(path));
  const dropped: DroppedSpec[] = [{ spec, expected, drops }];
  if (spec.kind.drop === 'replaced') dropped.push(await replace(spec, path, options));
  const settled: FileResult[] = [];
  for (const each of dropped) settled.push(await waitForEnds(each, cloud));
  onEnded();
  await sleep(GRACE_MS);
  const results = await Promise.all(settled.map((result) => judged(result, options)));
  await rm(path);
  for (const { importId } of dropped.flatMap((each) => each.drops)) await removeLeftovers(folder, importId);
  return results;
};

interface DroppedSpec {
  readonly spec: FileSpec;
  readonly expected: Expected;
  readonly drops: readonly DroppedFile[];
}

/** Puts another file in the place of one that is being imported, and drops it. */
const replace = async (old: FileSpec, path: string, options: FilesOptions): Promise<DroppedSpec> => {
  const kind = { ...old.kind, outcome: 'complete' as const };
  const spec = { ...old, number: old.number + REPLACEMENTS_FROM, kind };
  const expected = await writeElsewhere(spec, `${path}.next`);
  await sleep(options.random.between(0, 3_000));
  await rename(`${path}.next`, path);
  return { spec, expected, drops: [await options.cloud.drop(path)] };
};

const waitForEnds = async (
  { spec, expected, drops }: DroppedSpec,
  cloud: EmbeddedCloud,
): Promise<FileResult> => {
  const reports: Report[] = [];
  const problems: string[] = [];
  for (const { importId } of drops) {
    const ended = await waitForEnd(cloud, importId);
    if (ended) reports.push(ended);
    else problems.push(`${importId} has not ended: ${JSON.stringify(await cloud.report(importId))}`);
  }
  return { spec, expected, reports, problems };
};

/** A report must be right, and stay as it is. */
const judged = async (result: FileResult, { cloud, folder }: FilesOptions): Promise<FileResult> => {
  const { spec, expected, reports } = result;
  const problems = [...result.problems];
  for (const report of reports) {
    problems.push(...judgeReport(spec, expected, report));
    problems.push(...judgeRejects(report, await countRejects(folder, report.importId)));
    const later = await cloud.report(report.importId);
    if (outcomeOf(later) !== outcomeOf(report)) {
      problems.push(`was ${outcomeOf(report)}, became ${outcomeOf(later)}`);
    }
  }
  return { ...result, problems };
};

const outcomeOf = (report: Report | undefined): string =>
  JSON.stringify([report?.state, report?.records, report?.chunks]);

const waitForEnd = async (cloud: EmbeddedCloud, importId: string): Promise<Report | undefined> => {
  const lastMs = Date.now() + END_WITHIN_MS;
  while (Date.now() < lastMs) {
    await sleep(LOOK_MS);
    const report = await cloud.report(importId);
    if (report && hasEnded(report)) return report;
  }
  return undefined;
};

/** A failed import too has chunks that go on. */
const hasEnded = ({ state, chunks: { total, done, failed } }: Report): boolean =>
  state !== 'running' && (total === null || done + failed >= total);

/** As the lifecycle rules of the Work bucket do, only sooner. */
const removeLeftovers = async (folder: string, importId: string): Promise<void> => {
  for (const name of ['staged', 'rejects', 'attempts']) {
    await rm(join(folder, WORK_BUCKET, name, importId), { recursive: true, force: true, maxRetries: 10 });
  }
};
