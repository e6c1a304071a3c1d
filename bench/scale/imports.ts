import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCountingProcess } from '../counting-process.ts';
import { generateEvents } from '../generate.ts';
import { NO_QUOTA } from '../no-quota.ts';
import { lookForOthers } from '../others.ts';
import { measureImport } from '../run-import.ts';
import { count } from './numbers.ts';

const EVENT_BYTES = 2_048;
/** Level 1, so that ten gigabytes take minutes. */
const TUNING = { workers: 2, memory: 512, compressionLevel: 1 };

export interface ImportResult {
  readonly bytes: number;
  readonly events: number;
  /** Of CPU for an event, by function. */
  readonly micros: { readonly splitter: number; readonly sender: number; readonly ledger: number };
  readonly requestsEach: number;
  readonly seconds: number;
  readonly busyCores: number;
}

/** Imports files of several sizes, one after the other, through the embedded cloud. */
export const importSizes = async (sizesBytes: readonly number[]): Promise<ImportResult[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-scale-'));
  const results: ImportResult[] = [];
  try {
    for (const bytes of sizesBytes) results.push(await importSize(folder, bytes));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return results;
};

const importSize = async (folder: string, bytesWanted: number): Promise<ImportResult> => {
  const path = join(folder, 'events.jsonl');
  const { events, bytes } = await generateEvents({ path, bytes: bytesWanted, eventBytes: EVENT_BYTES });
  const recipe = join(folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify({ destination: { quota: NO_QUOTA }, tuning: TUNING }));
  const busyCores = await lookForOthers();
  const server = await startCountingProcess();
  try {
    const options = ['--endpoint', server.url, '--token', 'bench', '--recipe', recipe];
    const { cpuSeconds, seconds } = await measureImport(folder, path, options);
    const { events: arrived, requests } = await server.counts();
    if (arrived !== events) throw new Error(`${arrived} of ${events} events arrived.`);
    const microsOf = (kind: 'splitter' | 'sender' | 'ledger') => (cpuSeconds[kind] / events) * 1e6;
    const micros = { splitter: microsOf('splitter'), sender: microsOf('sender'), ledger: microsOf('ledger') };
    return { bytes, events, micros, requestsEach: requests / events, seconds, busyCores };
  } finally {
    await server.close();
    await rm(path);
  }
};

export const IMPORT_HEAD = [
  'file',
  'events',
  'CPU µs an event: splitter',
  'sender',
  'ledger',
  'all',
  'events a request',
  'seconds',
];

export const importRow = (result: ImportResult): string[] => {
  const { splitter, sender, ledger } = result.micros;
  return [
    `${(result.bytes / 1e9).toFixed(1)} GB`,
    count(result.events),
    splitter.toFixed(2),
    sender.toFixed(2),
    ledger.toFixed(2),
    totalOf(result).toFixed(2),
    count(1 / result.requestsEach),
    result.seconds.toFixed(0),
  ];
};

/** CPU of an event in all functions together. */
export const totalOf = ({ micros }: ImportResult): number => micros.splitter + micros.sender + micros.ledger;
