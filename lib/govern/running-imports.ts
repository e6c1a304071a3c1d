import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { Report } from '../ledger/report.ts';
import type { ReportStore } from '../ledger/store.ts';

const REPORTS = 'reports/';
const SUFFIX = '.json';
/** A running import has receipts, and so a newer report, every few minutes. */
const RECENT_MS = 10 * 60_000;
const RUNNING_MAX = 50;
/** Of a thousand keys each. */
const PAGES_MAX = 20;

/** The imports whose reports changed in the last ten minutes and say `running`; the latest fifty. */
export const listRunningImports = async (
  { s3, bucket, reports }: { s3: S3Client; bucket: string; reports: Pick<ReportStore, 'read'> },
  nowMs: number,
): Promise<Report[]> => {
  const recent: { importId: string; atMs: number }[] = [];
  let pages = 0;
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: REPORTS },
  )) {
    for (const { Key = '', LastModified } of Contents) {
      const atMs = LastModified?.getTime() ?? 0;
      if (nowMs - atMs > RECENT_MS || !Key.endsWith(SUFFIX)) continue;
      recent.push({ importId: Key.slice(REPORTS.length, -SUFFIX.length), atMs });
    }
    pages += 1;
    if (pages === PAGES_MAX) break;
  }
  const latest = recent.sort((a, b) => b.atMs - a.atMs).slice(0, RUNNING_MAX);
  const found = await Promise.all(latest.map(({ importId }) => reports.read(importId)));
  return found.flatMap((report) => (report?.state === 'running' ? [report] : []));
};
