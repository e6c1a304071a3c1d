import { readFile } from 'node:fs/promises';
import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { FileSpec } from './kinds.ts';
import { type Line, linesOf } from './lines.ts';

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

/** Whole lines in a compressed file that breaks off. */
const linesLeft = async (path: string): Promise<number> => {
  const bytes = await readFile(path);
  const text = path.endsWith('.zst')
    ? zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush })
    : gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  return text.toString('latin1').split('\n').length - 1;
};

/** The lines of a file, counted as they pass. */
const countedLines = (spec: FileSpec): { lines: Iterable<Line>; expected(): Expected } => {
  const counts = { read: 0, imported: 0, rejected: 0, distinct: 0 };
  const byReason: Record<string, number> = {};
  function* lines(): Generator<Line> {
    for (const line of linesOf(spec.kind.lines, spec.seed, spec.number)) {
      const { fate } = line;
      yield line;
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
