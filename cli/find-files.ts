import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { UsageError } from './usage-error.ts';

/** What a folder is searched for: names that seldom mean anything else, so neither `.txt` nor `.log`. */
const IMPORTABLE = [
  '**/*.{jsonl,ndjson,json,csv,tsv,tab}{,.gz,.zst,.bz2}',
  '**/*.{parquet,parq,pq,avro,zip,tar.gz,tgz}',
];

/**
 * The files that paths, folders and globs name, each once, sorted within each argument.
 *
 * @throws {UsageError} naming an argument that matches nothing, or no file
 */
export const findFiles = async (patterns: readonly string[]): Promise<string[]> => {
  const found: string[] = [];
  for (const pattern of patterns) {
    const files = await match(pattern);
    if (files.length === 0) {
      throw new UsageError(
        `"${pattern}" matches no file. Give a file, a folder with .jsonl, .ndjson, .json, .csv or .tsv files (also .gz, .zst, .bz2), .parquet, .avro, .zip or .tar.gz, or a quoted glob.`,
      );
    }
    found.push(...files.sort());
  }
  return [...new Set(found)];
};

const match = async (pattern: string): Promise<string[]> => {
  const entry = await stat(pattern).catch(() => undefined);
  if (pattern === '-' || (entry && !entry.isFile() && !entry.isDirectory())) {
    throw new UsageError(
      `"${pattern}" is a pipe or a device, of which parts cannot be read alone: write what comes from it into a file, and give that.`,
    );
  }
  if (entry?.isFile()) return [resolve(pattern)];
  if (entry?.isDirectory())
    return glob(IMPORTABLE, { cwd: pattern, absolute: true, onlyFiles: true, caseSensitiveMatch: false });
  return glob(pattern, { absolute: true, onlyFiles: true });
};
