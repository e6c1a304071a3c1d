import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { importCommand } from './import.ts';
import { writeRejectedFiles } from './rejected-files.ts';
import type { ReplayRequest } from './replay.ts';
import { foundText, noneLeft } from './replay-text.ts';
import { UsageError } from './usage-error.ts';

/** Imports again from this machine, as `fanout import` does. @returns its exit code */
export const replayLocally = async (
  request: ReplayRequest & { readonly folder: string },
): Promise<number> => {
  const { what, flags, folder, signal } = request;
  const paths = what === 'source' ? [await sourcePath(request)] : await rejectedPaths(request);
  return importCommand(paths, { ...flags, folder }, signal);
};

/** Under another name or after a change, ids of `position` would be others: hence the file where it was. */
const sourcePath = async ({ importer, report }: ReplayRequest): Promise<string> => {
  const path = fileURLToPath(importer.shown(report).source.uri);
  const found = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`${path} is not there any more: put it back, or import it from where it is now.`, {
      cause,
    });
  });
  if (found.size !== report.source.bytes)
    say(`${path} has changed since: it had ${report.source.bytes} bytes, and has ${found.size} now.`);
  return path;
};

const rejectedPaths = async ({ importer, report, folder }: ReplayRequest & { readonly folder: string }) => {
  const files = await writeRejectedFiles(importer.work, report, folder);
  if (files.records === 0) throw noneLeft(report, files);
  say(foundText(report, files));
  return files.paths;
};

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
