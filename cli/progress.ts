import { SingleBar } from 'cli-progress';
import type { Report } from '../lib/ledger/report.ts';

export interface ProgressView {
  /** @param reports of every import; undefined where none has come yet */
  update(reports: readonly (Report | undefined)[]): void;
  stop(): void;
}

const PLAIN_INTERVAL_MS = 5_000;
const SCALE = 1_000;

/** A bar on a terminal, a line every few seconds elsewhere. */
export const createProgress = (stream: NodeJS.WriteStream, filesTotal: number): ProgressView =>
  stream.isTTY ? barProgress(stream, filesTotal) : plainProgress(stream, filesTotal);

const barProgress = (stream: NodeJS.WriteStream, filesTotal: number): ProgressView => {
  const bar = new SingleBar({
    stream,
    hideCursor: true,
    clearOnComplete: true,
    format: '{bar} {percentage}% │ {files} │ {chunks} │ {imported} imported, {rejected} rejected │ {rate}/s',
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  bar.start(SCALE, 0, { files: '', chunks: '', imported: 0, rejected: 0, rate: 0 });
  return {
    update: (reports) => {
      const sums = sumUp(reports, filesTotal);
      bar.update(Math.floor(sums.share * SCALE), {
        ...sums,
        imported: sums.imported.toLocaleString('en-US'),
      });
    },
    stop: () => bar.stop(),
  };
};

const plainProgress = (stream: NodeJS.WriteStream, filesTotal: number): ProgressView => {
  let nextMs = Date.now() + PLAIN_INTERVAL_MS;
  return {
    update: (reports) => {
      if (Date.now() < nextMs) return;
      nextMs = Date.now() + PLAIN_INTERVAL_MS;
      const { share, files, imported, rejected } = sumUp(reports, filesTotal);
      stream.write(`${Math.floor(share * 100)} % │ ${files} │ ${imported} imported, ${rejected} rejected\n`);
    },
    stop: () => undefined,
  };
};

const sumUp = (reports: readonly (Report | undefined)[], filesTotal: number) => {
  const known = reports.filter((report) => report !== undefined);
  const done = known.reduce((sum, { chunks }) => sum + chunks.done, 0);
  const total = known.reduce((sum, { chunks }) => sum + (chunks.total ?? chunks.done + 1), 0);
  const ended = known.filter(({ state }) => state !== 'running').length;
  const imported = known.reduce((sum, { records }) => sum + records.imported, 0);
  const startedAtMs = Math.min(...known.map(({ timing }) => Date.parse(timing.startedAt)));
  const seconds = (Date.now() - startedAtMs) / 1000;
  return {
    share: (known.length / filesTotal) * (total === 0 ? 1 : done / total),
    files: `file ${Math.min(ended + 1, filesTotal)} of ${filesTotal}`,
    chunks: `chunk ${done} of ${known.some(({ chunks }) => chunks.total === null) ? '?' : total}`,
    imported,
    rejected: known.reduce((sum, { records }) => sum + records.rejected, 0),
    rate:
      seconds > 0 && Number.isFinite(seconds) ? Math.round(imported / seconds).toLocaleString('en-US') : 0,
  };
};
