import { expect, it } from 'vitest';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import { isStale } from '../../lib/ledger/stale.ts';
import { done, failed, planned } from './receipts.ts';

const MINUTE_MS = 60_000;

it.each([
  ['running, and silent for longer than an hour and a half', [planned(2), done(0)], 91, true],
  ['running, and heard of an hour and a half ago', [planned(2), done(0)], 89, false],
  ['only planned, and silent since', [planned(2, 10_000)], 91, true],
  ['heard of before it was planned, and silent since', [done(0)], 91, true],
  ['complete', [planned(1), done(0)], 91, false],
  ['failed', [planned(1), failed(0)], 91, false],
])('an import is stale or not: %s', (_, receipts, minutes, expected) => {
  const report = foldReceipts(undefined, receipts);
  expect(isStale(report, 10_000 + minutes * MINUTE_MS)).toBe(expected);
});

it('counts from when an import was planned, where nothing else is known', () => {
  const plannedAtMs = Date.parse('2026-01-01');
  const report = foldReceipts(undefined, [planned(2, plannedAtMs)]);
  expect(isStale(report, plannedAtMs + 89 * MINUTE_MS)).toBe(false);
  expect(isStale(report, plannedAtMs + 91 * MINUTE_MS)).toBe(true);
});

it('says nothing of an import that a failed chunk alone has told of, before that time is over', () => {
  const report = foldReceipts(undefined, [failed(3)]);
  expect(isStale(report, 10_000 + 89 * MINUTE_MS)).toBe(false);
  expect(isStale(report, 10_000 + 91 * MINUTE_MS)).toBe(true);
});
