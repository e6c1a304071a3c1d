import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { statusCommand } from '../../cli/status.ts';
import { done, planned } from '../ledger/receipts.ts';
import { reportOf } from './deployed-importer.ts';
import { createScratchFolder, type ScratchFolder } from './scratch-folder.ts';

let folder: ScratchFolder;
beforeEach(async () => {
  folder = await createScratchFolder();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await folder.remove();
});

/** Tells of each thing that is written to stderr. */
const whenShown = (tell: (text: string) => void): void => {
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    tell(String(text));
    return true;
  });
};

const ledgerWrites = (...receipts: Parameters<typeof done>[0][]): Promise<string> => {
  const told = receipts.map((chunk) => done(chunk, {}, { atMs: Date.now() }));
  return folder.write('work/reports/mine-1.json', JSON.stringify(reportOf('mine-1', planned(2), ...told)));
};

const watch = (signal: AbortSignal): Promise<number> =>
  statusCommand('mine-1', { folder: folder.path, watch: true }, signal);

it('shows an import again when it has changed, until it has ended', async () => {
  await ledgerWrites(0);
  const shown: string[] = [];
  whenShown((text) => {
    shown.push(text.split(' ')[0]!);
    if (shown.length === 1) void ledgerWrites(0, 1);
  });
  expect(await watch(new AbortController().signal)).toBe(0);
  expect(shown).toEqual(['RUNNING', 'COMPLETE']);
});

it('stops when it is told to', async () => {
  await ledgerWrites(0);
  const stop = new AbortController();
  whenShown(() => stop.abort());
  expect(await watch(stop.signal)).toBe(0);
});
