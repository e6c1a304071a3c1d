import type { Report } from '../lib/ledger/report.ts';
import type { RejectedFiles } from './rejected-files.ts';
import { count } from './report-text.ts';
import { UsageError } from './usage-error.ts';

type Found = Pick<RejectedFiles, 'records' | 'truncated'>;

/** How many of the rejected records go again, and what to do about the others. */
export const foundText = ({ importId }: Pick<Report, 'importId'>, { records, truncated }: Found): string => {
  const sent = `${count(records)} rejected records of ${importId} are imported again.`;
  return truncated === 0 ? sent : `${sent} ${truncatedText(truncated)}`;
};

/** Why there is nothing to import. */
export const noneLeft = (
  { importId, records }: Pick<Report, 'importId' | 'records'>,
  { truncated }: Found,
): UsageError =>
  new UsageError(
    truncated > 0
      ? `None of the rejected records of ${importId} can be imported again. ${truncatedText(truncated)}`
      : `The ${count(records.rejected)} rejected records of ${importId} are not kept any more: import the source again, with --source.`,
  );

const truncatedText = (truncated: number): string =>
  `Of ${count(truncated)} that were too long only the beginning is kept: raise tuning.recordBytesMax and import the source again, with --source.`;
