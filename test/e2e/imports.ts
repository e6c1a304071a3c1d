import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { MixpanelSimulator } from '../../local/mixpanel/server.ts';
import { type FoundReport, listKeys, readReports } from './buckets.ts';
import type { Checks } from './checks.ts';
import type { Outputs } from './cloud.ts';
import type { SourceFile } from './sources.ts';
import { waitFor } from './wait-for.ts';

const IMPORT_TIMEOUT_MS = 300_000;

export const dropFiles = async (
  s3: S3Client,
  Bucket: string,
  files: readonly SourceFile[],
): Promise<void> => {
  for (const { key, body } of files) await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: body }));
};

export interface Imports {
  readonly s3: S3Client;
  readonly outputs: Outputs;
  readonly files: readonly SourceFile[];
  readonly simulator: MixpanelSimulator;
}

/** Waits for a finished report of every file, then compares reports, rejects and Mixpanel with the files. */
export const checkImports = async (checks: Checks, imports: Imports): Promise<void> => {
  const { s3, outputs, files, simulator } = imports;
  const reports = await finishedReports(imports);
  for (const file of files) checkReport(checks, file, reports);
  const expected = new Set(files.flatMap(({ insertIds }) => insertIds));
  const arrived = simulator.insertIds();
  const missing = [...expected.difference(arrived)];
  checks.check('Mixpanel has every event of the files', missing.length === 0, sample(missing));
  const extra = [...arrived.difference(expected)];
  checks.check('Mixpanel has nothing else', extra.length === 0, sample(extra));
  const rejects = await listKeys(s3, outputs.WorkBucketName, 'rejects/');
  checks.check('the broken line is in a rejects file', rejects.length === 1, rejects);
};

const sample = (ids: readonly string[]) => ({ count: ids.length, first: ids.slice(0, 10) });

const finishedReports = ({ s3, outputs, files }: Imports): Promise<FoundReport[]> =>
  waitFor({
    what: `${files.length} finished reports`,
    poll: async () => {
      const reports = await readReports(s3, outputs.WorkBucketName);
      const finished = reports.filter(({ state }) => state !== 'running');
      return finished.length >= files.length ? reports : undefined;
    },
    everyMs: 1_000,
    timeoutMs: IMPORT_TIMEOUT_MS,
  });

const checkReport = (checks: Checks, file: SourceFile, reports: readonly FoundReport[]): void => {
  const found = reports.filter(({ source }) => source.uri.endsWith(`/${file.key}`));
  const [report] = found;
  checks.check(
    `one report, complete: ${file.key}`,
    found.length === 1 && report?.state === 'complete',
    found,
  );
  if (report === undefined) return;
  const { records, chunks } = report;
  const imported = file.insertIds.length;
  checks.check(
    `every record is accounted for: ${file.key}`,
    records.imported === imported &&
      records.rejected === file.rejected &&
      records.read === imported + file.rejected + records.filtered,
    records,
  );
  checks.check(
    `${file.chunksMin} chunks or more, all done: ${file.key}`,
    chunks.total !== null &&
      chunks.total >= file.chunksMin &&
      chunks.done === chunks.total &&
      chunks.failed === 0,
    chunks,
  );
};
