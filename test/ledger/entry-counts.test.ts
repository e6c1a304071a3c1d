import { describe, expect, it } from 'vitest';
import { mostOf } from '../../lib/ledger/entry-counts.ts';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import type { Receipt } from '../../lib/ledger/receipt.ts';

const LESS = { read: 1, skipped: 2, refused: 0 };
const MORE = { read: 3, skipped: 2, refused: 1 };

describe('mostOf', () => {
  it('is of two counts the one that has seen more, in any order', () => {
    expect(mostOf(LESS, MORE)).toEqual(MORE);
    expect(mostOf(MORE, LESS)).toEqual(MORE);
    expect(mostOf(undefined, LESS)).toEqual(LESS);
    expect(mostOf(LESS, undefined)).toEqual(LESS);
    expect(mostOf(undefined, undefined)).toBeUndefined();
  });
});

describe('the entries of a report', () => {
  const source = { uri: 's3://inbox/a.zip', bytes: 10, format: 'jsonl', compression: 'zip' } as const;
  const common = { v: 1, importId: 'a', source, atMs: 1 } as const;
  const planned: Receipt = { ...common, kind: 'planned' };
  const failure = { code: 'ENTRY_REFUSED', message: 'no' };
  const failed: Receipt = { ...common, kind: 'import-failed', failure, chunks: 0, entries: MORE };

  it('are those of the last run of the splitter, whatever comes twice or late', () => {
    expect(foldReceipts(undefined, [planned])).not.toHaveProperty('entries');
    const report = foldReceipts(undefined, [planned, failed]);
    expect(report.entries).toEqual(MORE);
    expect(foldReceipts(report, [planned, failed])).toEqual(report);
    expect(foldReceipts(undefined, [failed, planned])).toEqual(report);
  });
});
