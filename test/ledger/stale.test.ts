import { expect, it } from 'vitest';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import { isStale } from '../../lib/ledger/stale.ts';
import { done, failed, planned } from './receipts.ts';

const MINUTE_MS = 60_000;

it.each([
  ['running, and silent for longer than half an hour', [planned(2), done(0)], 31, true],
  ['running, and heard of half an hour ago', [planned(2), done(0)], 29, false],
  ['only planned, and silent since', [planned(2, 10_000)], 31, true],
  ['heard of before it was planned, and silent since', [done(0)], 31, true],
  ['complete', [planned(1), done(0)], 31, false],
  ['failed', [planned(1), failed(0)], 31, false],
])('an import is stale or not: %s', (_, receipts, minutes, expected) => {
  const report = foldReceipts(undefined, receipts);
  expect(isStale(report, 10_000 + minutes * MINUTE_MS)).toBe(expected);
});

it('counts from when an import was planned, where nothing else is known', () => {
  const plannedAtMs = Date.parse('2026-01-01');
  const report = foldReceipts(undefined, [planned(2, plannedAtMs)]);
  expect(isStale(report, plannedAtMs + 29 * MINUTE_MS)).toBe(false);
  expect(isStale(report, plannedAtMs + 31 * MINUTE_MS)).toBe(true);
});

it('says nothing of an import that a failed chunk alone has told of, before half an hour is over', () => {
  const report = foldReceipts(undefined, [failed(3)]);
  expect(isStale(report, 10_000 + 29 * MINUTE_MS)).toBe(false);
  expect(isStale(report, 10_000 + 31 * MINUTE_MS)).toBe(true);
});
