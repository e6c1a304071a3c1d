import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import { parseReceipt, type Receipt } from '../../lib/ledger/receipt.ts';
import { done, planned } from './receipts.ts';

const governed = (minute: number): Receipt => ({
  ...planned(),
  kind: 'governed',
  atMs: minute * 60_000,
  from: minute,
  to: minute + 2,
  reason: `reason ${minute}`,
});

describe('a report', () => {
  it('says what the governor changed', () => {
    const receipt = parseReceipt(JSON.stringify(governed(1)));
    expect(foldReceipts(foldReceipts(undefined, [planned(1), done(0)]), [receipt])).toMatchObject({
      state: 'complete',
      governor: [{ at: '1970-01-01T00:01:00.000Z', from: 1, to: 3, reason: 'reason 1' }],
    });
  });

  it('keeps the first 5 and the last 15 changes, each once, in whatever order and groups they come', () => {
    const anyOrder = fc
      .shuffledSubarray([...Array(40).keys()], { minLength: 40 })
      .chain((minutes) => fc.tuple(fc.constant(minutes), fc.array(fc.integer({ min: 1, max: 9 }))));
    fc.assert(
      fc.property(anyOrder, ([minutes, sizes]) => {
        let report = foldReceipts(undefined, [planned(1)]);
        const left = [...minutes, ...minutes.slice(0, 10)].map(governed);
        for (const size of [...sizes, left.length]) {
          report = JSON.parse(JSON.stringify(foldReceipts(report, left.splice(0, size))));
        }
        expect(report.governor.map(({ from }) => from)).toEqual([
          0,
          1,
          2,
          3,
          4,
          ...Array(40).keys().drop(25),
        ]);
      }),
    );
  });

  it('takes a report of before there were changes', () => {
    const { governor: _, ...earlier } = foldReceipts(undefined, [planned(1)]);
    expect(foldReceipts(earlier as ReturnType<typeof foldReceipts>, [governed(1)]).governor).toHaveLength(1);
  });
});
