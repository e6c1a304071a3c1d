import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Report } from '../lib/ledger/report.ts';
import { INBOX_BUCKET, WORK_BUCKET } from '../local/cloud/bucket-names.ts';

/** The same report with the paths of this machine in place of the embedded cloud's buckets. */
export const withLocalPaths = (report: Report, folder: string): Report => {
  const pathOf = (text: string): string =>
    text
      .replaceAll(`s3://${INBOX_BUCKET}/`, '/')
      .replaceAll(`s3://${WORK_BUCKET}/`, `${join(folder, WORK_BUCKET)}/`);
  const urlOf = (uri: string): string => pathToFileURL(pathOf(uri)).href;
  return {
    ...report,
    source: { ...report.source, uri: urlOf(report.source.uri) },
    rejects: { ...report.rejects, uri: report.rejects.uri === null ? null : urlOf(report.rejects.uri) },
    ...(report.responses && { responses: { uri: urlOf(report.responses.uri) } }),
    failures: report.failures.map((failure) => ({ ...failure, message: pathOf(failure.message) })),
  };
};
