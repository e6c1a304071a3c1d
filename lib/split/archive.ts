import { type FanoutError, isFanoutError } from '../errors.ts';
import { FrameError } from '../frame/frame-error.ts';
import { PARTIAL_CODES } from '../ledger/receipt.ts';
import type { ArchiveState } from '../plan/notification.ts';
import { entryTooSlow, type ReadPace } from '../plan/read-time.ts';
import { type ArchiveEntry, type ArchivePart, refused } from '../read/archive.ts';
import { isEndOfReading } from '../read/end-of-reading.ts';
import { type ArchiveAccount, createArchiveAccount } from './archive-account.ts';
import { continueLater, runsLeft } from './continue-later.ts';
import { cutContent } from './cut-content.ts';
import { type Archive, openArchive } from './open-archive.ts';
import { openEntry } from './open-entry.ts';
import { START } from './read-in-order.ts';
import { createRunTime, type RunTime } from './run-time.ts';
import { createSending, type Sending } from './sending.ts';
import { failedReceipt, plannedReceipt, type SourcePlan, type Split } from './source-plan.ts';

/**
 * An archive, entry by entry: each is a source of its own within the import, stored in chunks in the Work bucket. What
 * is wrong with one keeps no other from being imported. When time runs out, another run goes on with the next entry of
 * a zip.
 */
export const splitArchive: Split = async (plan, dependencies) => {
  const { resume } = plan.created;
  const { sendReceipt } = dependencies;
  if (!resume) await sendReceipt(plannedReceipt(plan));
  const time = createRunTime(dependencies.remainingMs, runsLeft(resume));
  const account = createArchiveAccount(resume?.archive);
  const sending = createSending(plan, dependencies);
  const archive = openArchive(plan, time, dependencies);
  const next = await cutEntries({ plan, archive, account, sending, time });
  const chunks = (resume?.chunk ?? 0) + (await sending.finish());
  if (next)
    return continueLater(
      plan,
      { chunk: chunks, place: START, offset: 0, state: null, archive: next },
      dependencies,
    );
  const failure = account.failure();
  await sendReceipt(
    failure
      ? failedReceipt(plan, failure, chunks, account.counts())
      : plannedReceipt(plan, chunks, account.counts()),
  );
};

interface ArchiveRun {
  readonly plan: SourcePlan;
  readonly archive: Archive;
  readonly account: ArchiveAccount;
  readonly sending: Sending;
  readonly time: RunTime;
}

/** The entry that is being read is left to another run, which has more time for it. */
const LEFT_TO_NEXT_RUN = new Error('Another run goes on with this entry.');

/** @returns where another run goes on, if this one had not the time */
const cutEntries = async (run: ArchiveRun): Promise<ArchiveState | undefined> => {
  const { plan, archive, account, time } = run;
  const { archive: { entry: first } = { entry: 0 }, chunk = 0 } = plan.created.resume ?? {};
  const cutting = createEntryCutter(run, chunk);
  let entry = 0;
  let state: ArchiveState | undefined;
  try {
    for await (const part of archive.parts) {
      if (entry >= first) {
        const isFirst = entry === first;
        state = { entry, decompressedBytes: archive.decompressedBytes(), ...account.state() };
        if (archive.canContinue && !isFirst && time.isLate()) return state;
        await cutting.cut(part, { mayWait: archive.canContinue && time.canContinue && !isFirst });
        if (archive.hasBroken()) break;
      }
      entry += 1;
    }
  } catch (error) {
    if (error === LEFT_TO_NEXT_RUN) return state;
    // After any other failure nobody knows how many chunks there should be: those made are not all.
    if (!isFanoutError(error) || !PARTIAL_CODES.has(error.code)) throw error;
    account.note(error);
    if (isEndOfReading(error)) cutting.end();
  }
  return undefined;
};

interface EntryCutter {
  /** @param mayWait another run has more time for it */
  cut(part: ArchivePart, options: { readonly mayWait: boolean }): Promise<void>;
  /** There is nothing behind what was cut, so all of it may be sent. */
  end(): void;
}

const createEntryCutter = (
  { plan, archive, account, sending, time }: ArchiveRun,
  firstChunk: number,
): EntryCutter => {
  let chunk = firstChunk;
  let hasEnded = false;

  const cutEntry = async (part: ArchiveEntry, mayWait: boolean): Promise<void> => {
    const opened = await openEntry(part, plan.recipe, archive.limit);
    if (opened.kind === 'empty') return account.count('skipped');
    if (opened.kind === 'refused') return account.refuse(opened.failure);
    if (opened.kind === 'broken') return tellFailure(account, opened.failure, { isRead: false });
    const { entry, cutter } = opened;
    const stream = archive.streamOf(opened, part, (pace: ReadPace, usableMs: number) =>
      mayWait ? LEFT_TO_NEXT_RUN : entryTooSlow({ uri: plan.source.uri, entry: part.name }, pace, usableMs),
    );
    const content = { format: entry.format, entry, isSure: () => hasEnded || stream.isSure() };
    const { chunks, failure } = await cutContent(plan, {
      cutter,
      stream,
      content,
      sending,
      time,
      chunk,
      start: 0,
    });
    const isRead = !failure || (isEndOfReading(failure) && chunks > chunk);
    chunk = chunks;
    // Its settings do not fit, which is found out before its first record.
    if (failure instanceof FrameError) return account.refuse(refused(part.name, failure.message).failure);
    if (isRead) account.count('read');
    if (failure) tellFailure(account, failure, { isRead });
  };

  return {
    cut: async (part, { mayWait }) => {
      if (part.kind === 'skipped') account.count('skipped');
      else if (part.kind === 'refused') account.refuse(part.failure);
      else await cutEntry(part, mayWait);
    },
    end: () => {
      hasEnded = true;
    },
  };
};

/** Damage is of one entry; what else stops the reading of one stops that of all. */
const tellFailure = (
  account: ArchiveAccount,
  failure: FanoutError,
  { isRead }: { readonly isRead: boolean },
): void => {
  if (failure.code !== 'SOURCE_CORRUPT') throw failure;
  if (isRead) account.note(failure);
  else account.refuse(failure);
};
