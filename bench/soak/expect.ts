import { readFile } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import type { FileSpec } from './kinds.ts';
import { linesOf } from './lines.ts';

/** What a file holds, as its generator knows it. */
export interface Expected {
  readonly read: number;
  /** Those that repeat counted each time. */
  readonly imported: number;
  readonly rejected: number;
  readonly byReason: Readonly<Record<string, number>>;
  /** Events once it is in the project, those that repeat counted once. */
  readonly distinct: number;
}

/** Writes a file, and tells what can be read of it. */
export const writeFileOf = async (spec: FileSpec, path: string): Promise<Expected> => {
  const { lines, expected } = countedLines(spec);
  await spec.kind.encode(path, lines);
  if (spec.kind.outcome !== 'corrupt') return expected();
  const events = await linesLeft(path);
  return { ...expected(), read: events, imported: events, distinct: events };
};

/** Whole lines in a gzip file that breaks off. */
const linesLeft = async (path: string): Promise<number> => {
  const text = gunzipSync(await readFile(path), { finishFlush: constants.Z_SYNC_FLUSH });
  return text.toString('latin1').split('\n').length - 1;
};

/** The lines of a file, counted as they pass. */
const countedLines = (spec: FileSpec): { lines: Iterable<Buffer>; expected(): Expected } => {
  const counts = { read: 0, imported: 0, rejected: 0, distinct: 0 };
  const byReason: Record<string, number> = {};
  function* lines(): Generator<Buffer> {
    for (const { bytes, fate } of linesOf(spec.kind.lines, spec.seed, spec.number)) {
      yield bytes;
      if (fate === 'blank') continue;
      counts.read += 1;
      if (typeof fate === 'object') {
        counts.rejected += 1;
        byReason[fate.rejected] = (byReason[fate.rejected] ?? 0) + 1;
        continue;
      }
      counts.imported += 1;
      if (fate === 'imported') counts.distinct += 1;
    }
  }
  return { lines: lines(), expected: () => ({ ...counts, byReason: { ...byReason } }) };
};
