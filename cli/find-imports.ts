import { distance } from 'fastest-levenshtein';
import type { Report } from '../lib/ledger/report.ts';
import { reportKey } from '../lib/ledger/store.ts';
import type { Importer } from './importer.ts';
import { UsageError } from './usage-error.ts';
import type { WorkFile, WorkFiles } from './work-files.ts';

const REPORTS = 'reports/';
const SUFFIX = '.json';
/** A listing is in the order of names, so the newest is known only at its end. */
const LISTED_MAX = 50_000;
const READS_AT_ONCE = 10;
const NEAREST_MAX = 3;
const ID = /^[a-z0-9-]{1,100}$/;

export interface FoundImports {
  /** The last that changed, the last that began first. */
  readonly reports: readonly Report[];
  /** How many reports there are; the newest are looked for among the first {@link LISTED_MAX}. */
  readonly total: number;
}

/** The reports that changed last. */
export const latestImports = async (work: WorkFiles, importsMax: number): Promise<FoundImports> => {
  const files = await reportFiles(work);
  const latest = files.sort((a, b) => b.changedAtMs - a.changedAtMs).slice(0, importsMax);
  const reports: Report[] = [];
  for (let at = 0; at < latest.length; at += READS_AT_ONCE) {
    const found = await Promise.all(
      latest.slice(at, at + READS_AT_ONCE).map(({ key }) => readReport(work, key)),
    );
    reports.push(...found.filter((report) => report !== undefined));
  }
  reports.sort((a, b) => Date.parse(b.timing.startedAt) - Date.parse(a.timing.startedAt));
  return { reports, total: files.length };
};

/** @throws {UsageError} naming the imports whose ids are nearest, where there is none of this id */
export const findImport = async (
  { name, work }: Pick<Importer, 'name' | 'work'>,
  importId: string,
): Promise<Report> => {
  const report = ID.test(importId) ? await readReport(work, reportKey(importId)) : undefined;
  if (report) return report;
  const ids = (await reportFiles(work)).map(({ key }) => key.slice(REPORTS.length, -SUFFIX.length));
  throw new UsageError(
    ids.length === 0
      ? `There is no import ${importId} in ${name}, and no other either. A report is written when a file begins to be imported.`
      : `There is no import ${importId} in ${name}. The nearest: ${nearest(importId, ids).join(', ')}.`,
  );
};

const reportFiles = async (work: WorkFiles): Promise<WorkFile[]> => {
  const files: WorkFile[] = [];
  for await (const file of work.list(REPORTS)) {
    if (file.key.endsWith(SUFFIX)) files.push(file);
    if (files.length === LISTED_MAX) break;
  }
  return files;
};

const readReport = async (work: WorkFiles, key: string): Promise<Report | undefined> => {
  const bytes = await work.read(key);
  return bytes && (JSON.parse(bytes.toString('utf8')) as Report);
};

/** Ids that hold what was given come before those that are merely spelt like it. */
const nearest = (given: string, ids: readonly string[]): string[] =>
  ids
    .map((id) => ({ id, far: id.includes(given) ? 0 : distance(given, id) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, NEAREST_MAX)
    .map(({ id }) => id);
