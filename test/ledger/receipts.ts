import type { Receipt } from '../../lib/ledger/receipt.ts';
import type { Progress } from '../../lib/plan/chunk.ts';
import { startProgress } from '../../lib/plan/progress.ts';

const common = {
  v: 1,
  importId: 'import-1',
  source: { uri: 's3://inbox/a.jsonl', bytes: 1_000, format: 'jsonl', compression: 'none' },
  atMs: 10_000,
} as const;

export const planned = (chunks?: number, atMs = 1_000): Receipt => ({
  ...common,
  kind: 'planned',
  atMs,
  ...(chunks === undefined ? {} : { chunks }),
});

type Done = Extract<Receipt, { kind: 'chunk-done' }>;

/** A chunk of 10 records, of which 8 were imported, unless told otherwise. */
export const done = (
  chunk: number,
  progress: Partial<Progress> = {},
  receipt: Partial<
    Pick<Done, 'atMs' | 'budgetMB' | 'rejectsUri' | 'responsesUri' | 'tuning' | 'failure'>
  > = {},
): Receipt => ({
  ...common,
  kind: 'chunk-done',
  chunk,
  budgetMB: 512,
  rejectsUri: 's3://work/rejects/import-1/',
  ...receipt,
  progress: {
    ...startProgress(2_000),
    records: { read: 10, imported: 8, rejected: 2, filtered: 0 },
    byReason: { INVALID_JSON: 2 },
    ...progress,
  },
});

export const failed = (chunk: number, code = 'API_UNAVAILABLE', atMs = 10_000): Receipt => ({
  ...common,
  kind: 'chunk-failed',
  chunk,
  atMs,
  failure: { code, message: `${code} of ${chunk}` },
});

export const importFailed = (code = 'SOURCE_CHANGED', bytes = 0): Receipt => ({
  ...common,
  source: { ...common.source, bytes },
  kind: 'import-failed',
  atMs: 1_500,
  failure: { code, message: code },
});
