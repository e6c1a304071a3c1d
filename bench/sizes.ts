import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventsFile, generateEvents } from './generate.ts';

/** The three classes of events that benchmarks compare. */
export const SIZES = [
  { name: 'small', eventBytes: 287 },
  { name: 'medium', eventBytes: 2_048 },
  { name: 'large', eventBytes: 10_500 },
] as const;

export type Size = (typeof SIZES)[number];

export interface SizedFile extends EventsFile {
  readonly size: Size;
}

/** Does something with a generated file of each size, one after the other; the files are deleted. */
export const forEachSize = async (
  { bytes, only = [] }: { readonly bytes: number; readonly only?: readonly string[] },
  work: (file: SizedFile) => Promise<void>,
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-bench-'));
  try {
    for (const size of SIZES.filter(({ name }) => only.length === 0 || only.includes(name))) {
      const path = join(folder, `${size.name}.jsonl`);
      await work({ size, ...(await generateEvents({ path, bytes, eventBytes: size.eventBytes })) });
      await rm(path);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
