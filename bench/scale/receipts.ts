import type { Receipt } from '../../lib/ledger/receipt.ts';
import { startProgress } from '../../lib/plan/progress.ts';
import { withFunction } from './cloud.ts';
import { count } from './numbers.ts';

const CHUNKS = [1_000, 10_000, 100_000];
/** Receipts of each size at least, so that the CPU of few can be told. */
const RECEIPTS_MIN = 50_000;
const MEMORY_MB = 256;

export interface ReceiptsResult {
  readonly chunks: number;
  readonly receipts: number;
  /** Folded at once; the function is given up to 500. */
  readonly together: number;
  readonly cpuMicrosEach: number;
  readonly bytesEach: number;
  readonly requestsEach: number;
}

/** Folds the receipts of imports of several sizes, in an order of no use. */
export const foldImports = (together: number): Promise<ReceiptsResult[]> =>
  withFunction({ name: 'ledger', memoryMB: MEMORY_MB, responseMs: 0 }, async (ledger) => {
    const results: ReceiptsResult[] = [];
    await foldImport(ledger.invoke, { importId: 'warm', chunks: 5_000, together });
    for (const chunks of CHUNKS) {
      const imports = Math.ceil(RECEIPTS_MIN / chunks);
      await ledger.counts();
      const cpuBefore = ledger.cpuSeconds();
      for (let n = 0; n < imports; n++) {
        await foldImport(ledger.invoke, { importId: `import-${chunks}-${n}`, chunks, together });
      }
      const receipts = imports * chunks;
      const { gets, puts, bytesRead, bytesWritten } = await ledger.counts();
      results.push({
        chunks,
        receipts,
        together,
        cpuMicrosEach: ((ledger.cpuSeconds() - cpuBefore) / receipts) * 1e6,
        bytesEach: (bytesRead + bytesWritten) / receipts,
        requestsEach: (gets + puts) / receipts,
      });
    }
    return results;
  });

const foldImport = async (
  invoke: (bodies: readonly string[]) => Promise<void>,
  { importId, chunks, together }: { importId: string; chunks: number; together: number },
): Promise<void> => {
  for (let first = 0; first < chunks; first += together) {
    const bodies: string[] = [];
    for (let n = first; n < Math.min(first + together, chunks); n++) {
      bodies.push(JSON.stringify(receiptOf(importId, (n * STRIDE) % chunks)));
    }
    await invoke(bodies);
  }
};

/** A prime that divides no number of chunks, so that each chunk comes once. */
const STRIDE = 7_919;

const receiptOf = (importId: string, chunk: number): Receipt => ({
  v: 1,
  kind: 'chunk-done',
  importId,
  source: { uri: `s3://inbox/${importId}.jsonl`, bytes: 1e12, format: 'jsonl', compression: 'none' },
  atMs: 1_795_362_816_277 + chunk,
  chunk,
  budgetMB: 512,
  tuning: {
    workers: 10,
    memory: 512,
    requestsInFlight: 4,
    highWater: 100,
    recordsPerBatch: 2_000,
    compress: true,
    compressionLevel: 6,
    throttleMemory: false,
    aggressiveGC: false,
  },
  rejectsUri: `s3://work/rejects/${importId}/`,
  progress: {
    ...startProgress(1_795_362_814_026),
    records: { read: 32_768, imported: 32_766, rejected: 2, filtered: 0 },
    bytes: { read: 67_108_864, sent: 67_000_000, compressed: 9_000_000 },
    requests: { total: 17, retried: 0, throttled: 0 },
    byReason: { TIME_MISSING: 2 },
    peakMB: 131.5,
  },
});

export const RECEIPTS_HEAD = [
  'chunks of an import',
  'receipts',
  'folded at once',
  'CPU µs each',
  'bytes each',
  'requests each',
];

export const receiptsRow = (result: ReceiptsResult): string[] => [
  count(result.chunks),
  count(result.receipts),
  count(result.together),
  result.cpuMicrosEach.toFixed(0),
  count(result.bytesEach),
  result.requestsEach.toFixed(4),
];
