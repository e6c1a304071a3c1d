import type { Report } from '../../lib/ledger/report.ts';
import type { Problem } from './check.ts';
import type { Schedule } from './schedule.ts';
import type { AnswerLine, Outcome } from './simulate.ts';

/** Of a complete import each answer that took a batch is kept once: its records are those that were sent. */
export const checkAnswers = ({ recipe }: Schedule, { answers }: Outcome, report: Report): Problem[] => {
  const { imported } = report.records;
  const refused = Object.entries(report.rejects.byReason)
    .filter(([reason]) => reason.startsWith('API_REJECTED'))
    .reduce((sum, [, count]) => sum + count, 0);
  const taken = answers.filter(isTaken).reduce((sum, { records }) => sum + records, 0);
  const sent = recipe.tuning.abridged ? 0 : imported + refused;
  if (taken === sent) return [];
  const kind = taken < sent ? 'lost' : 'twice';
  return [{ kind, text: `answers to ${taken} records are kept, and ${sent} were sent` }];
};

/** All of it, or all but what the answer lists. */
const isTaken = ({ status, body }: AnswerLine): boolean =>
  (status === 200 && body.includes('"num_records_imported"')) ||
  (status === 400 && body.includes('"failed_records"'));
