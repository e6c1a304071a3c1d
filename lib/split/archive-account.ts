import type { FanoutError } from '../errors.ts';
import type { Failure } from '../ledger/receipt.ts';
import type { ArchiveState, EntryCounts } from '../plan/notification.ts';

const MESSAGES_MAX = 5;
const MESSAGE_CHARS_MAX = 400;
const REFUSED = 'ENTRY_REFUSED';
/** The weightiest first. */
const CODES = ['SOURCE_TOO_LARGE', 'SOURCE_TOO_SLOW', 'SOURCE_CORRUPT', REFUSED];

/** Keeps the account of an archive, over all runs of the splitter that read it. */
export interface ArchiveAccount {
  count(what: 'read' | 'skipped'): void;
  /** Counts an entry of which nothing is imported. */
  refuse(failure: FanoutError): void;
  /** Something could not be read. */
  note(failure: FanoutError): void;
  counts(): EntryCounts;
  /** Why the archive is not imported in full, if it is not. */
  failure(): Failure | undefined;
  /** For another run to go on with. */
  state(): Pick<ArchiveState, 'counts' | 'problems'>;
}

/** @param before what an earlier run has left */
export const createArchiveAccount = (before?: ArchiveState): ArchiveAccount => {
  const counts = { ...(before?.counts ?? { read: 0, skipped: 0, refused: 0 }) };
  let problems = before?.problems;

  const add = (code: string, message: string): void => {
    const { total, code: worst, messages } = problems ?? { total: 0, code, messages: [] };
    const shown = message.slice(0, MESSAGE_CHARS_MAX);
    // The end of a tar is noticed in the entry that it cuts off, and again behind it.
    if (messages.includes(shown)) return;
    problems = {
      total: total + 1,
      code: weightOf(code) < weightOf(worst) ? code : worst,
      messages: messages.length < MESSAGES_MAX ? [...messages, shown] : messages,
    };
  };

  return {
    count: (what) => {
      counts[what] += 1;
    },
    refuse: ({ code, message }) => {
      counts.refused += 1;
      add(CODES.includes(code) ? code : REFUSED, message);
    },
    note: ({ code, message }) => add(code, message),
    counts: () => ({ ...counts }),
    failure: () => problems && { code: problems.code, message: messageOf(problems) },
    state: () => ({ counts: { ...counts }, ...(problems && { problems }) }),
  };
};

const weightOf = (code: string): number => CODES.indexOf(code);

const messageOf = ({ total, messages }: NonNullable<ArchiveState['problems']>): string => {
  if (total === 1) return messages[0]!;
  const more = total > messages.length ? [`And ${total - messages.length} more.`] : [];
  return [`${total} parts of the archive are not imported in full.`, ...messages, ...more].join(' ');
};
