import { expect } from 'vitest';
import type { importFile } from './import-file.ts';

export type Imported = Awaited<ReturnType<typeof importFile>>;

/** What holds for every file, however broken. */
export const expectAccounted = ({ report, received, rejects, dead }: Imported): void => {
  const { read, imported, rejected, filtered } = report.records;
  expect(['complete', 'failed']).toContain(report.state);
  expect(report.failures.length > 0).toBe(report.state === 'failed');
  expect(read).toBe(imported + rejected + filtered);
  expect(imported).toBe(received);
  expect(rejects.length).toBe(rejected);
  expect(dead).toEqual([]);
};
