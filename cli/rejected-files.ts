import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isBrokenCode } from '../lib/frame/record.ts';
import { type RejectedRecord, readRejects } from '../lib/ledger/read-rejects.ts';
import type { Report } from '../lib/ledger/report.ts';
import { rejectsFileKey } from '../lib/plan/replay.ts';
import { replaceFile } from './replace-file.ts';
import type { WorkFiles } from './work-files.ts';

const GiB = 1024 ** 3;
/** One PutObject takes 5 GB. */
const FILE_BYTES_MAX = GiB;
/** Places that are remembered within a chunk, to leave out what two runs of a sender have both written. */
const PLACES_MAX = 2_000_000;

export interface RejectedFiles {
  readonly paths: readonly string[];
  /** Written to these files. */
  readonly records: number;
  /** Of which only the beginning was kept; they are in no file. */
  readonly truncated: number;
  /** Pieces of the source that could not be read as records of its format; they are in no file either. */
  readonly unreadable: number;
}

/**
 * Writes the rejected records of an import to files that can be imported: as JSON lines, with the names that their
 * columns had, whatever their source was. A file that is there already with the same records is left as it is, and
 * with it its version and the ids that are made of it. Holds one part at a time.
 *
 * @param folder gets the files, by their keys; folders are made
 * @param fileBytesMax a file ends with the record that reaches this, before compression
 */
export const writeRejectedFiles = async (
  work: WorkFiles,
  { importId }: Pick<Report, 'importId'>,
  folder: string,
  fileBytesMax = FILE_BYTES_MAX,
): Promise<RejectedFiles> => {
  const paths: string[] = [];
  let records = 0;
  let truncated = 0;
  let unreadable = 0;
  const rejected = rejectedRecords(work, importId);
  const nextWhole = async (): Promise<Buffer | undefined> => {
    for (;;) {
      const { value, done } = await rejected.next();
      if (done) return undefined;
      if (isBrokenCode(value.reason)) unreadable += 1;
      else if (value.truncated) truncated += 1;
      else return value.raw;
    }
  };
  let raw = await nextWhole();

  async function* linesOfFile(): AsyncGenerator<Buffer> {
    for (let bytes = 0; raw !== undefined && bytes < fileBytesMax; raw = await nextWhole()) {
      bytes += raw.length + 1;
      records += 1;
      yield Buffer.concat([raw, NEWLINE]);
    }
  }

  while (raw !== undefined) {
    const path = join(folder, rejectsFileKey(importId, paths.length));
    await mkdir(dirname(path), { recursive: true });
    paths.push(path);
    const unfinished = `${path}.new`;
    await pipeline(linesOfFile, createWriteStream(unfinished));
    await replaceFile(path, unfinished);
  }
  return { paths, records, truncated, unreadable };
};

const NEWLINE = Buffer.from('\n');

/** Each record once: a sender that was stopped and began again may have written one twice, in parts of the same chunk. */
async function* rejectedRecords(work: WorkFiles, importId: string): AsyncGenerator<RejectedRecord> {
  let chunk = -1;
  let places = new Set<number>();
  for await (const { key } of work.list(`rejects/${importId}/`)) {
    const part = key.endsWith('.ndjson.gz') ? await work.read(key) : undefined;
    for (const record of part ? await readRejects(part) : []) {
      if (record.chunk !== chunk) places = new Set();
      chunk = record.chunk;
      if (places.has(record.offset)) continue;
      if (places.size < PLACES_MAX) places.add(record.offset);
      yield record;
    }
  }
}
