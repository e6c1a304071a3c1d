import type { Report } from '../lib/ledger/report.ts';
import type { RejectedFiles } from './rejected-files.ts';
import { count } from './report-text.ts';
import { UsageError } from './usage-error.ts';

type Found = Pick<RejectedFiles, 'records' | 'truncated' | 'unreadable'>;

/** How many of the rejected records go again, and what to do about the others. */
export const foundText = ({ importId }: Pick<Report, 'importId'>, found: Found): string =>
  [`${count(found.records)} rejected records of ${importId} are imported again.`, ...leftOut(found)].join(
    ' ',
  );

/** Why there is nothing to import. */
export const noneLeft = (
  { importId, records }: Pick<Report, 'importId' | 'records'>,
  found: Found,
): UsageError =>
  new UsageError(
    found.truncated + found.unreadable > 0
      ? [`None of the rejected records of ${importId} can be imported again.`, ...leftOut(found)].join(' ')
      : `The ${count(records.rejected)} rejected records of ${importId} are not kept any more: import the source again, with --source.`,
  );

const leftOut = ({ truncated, unreadable }: Found): string[] => [
  ...(truncated === 0
    ? []
    : [
        `Of ${count(truncated)} that were too long only the beginning is kept: raise tuning.recordBytesMax and import the source again, with --source.`,
      ]),
  ...(unreadable === 0
    ? []
    : [
        `${count(unreadable)} could not be read as records of their file, so they stay out: mend what the recipe says of the format and import the source again, with --source, or mend the file and drop it again.`,
      ]),
];
