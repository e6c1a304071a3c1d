import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { govern } from '../../lib/tune/governor.ts';
import {
  type GovernorState,
  governorStateSchema,
  type Observation,
  type SenderWindow,
  startGovernor,
} from '../../lib/tune/governor-state.ts';
import { MINUTE_MS, settings } from './governed-fleet.ts';

const AT_MS = Date.UTC(2026, 10, 22);

const windowOf = (changed: Partial<SenderWindow> = {}): SenderWindow => ({
  fromMs: AT_MS - 2 * MINUTE_MS,
  toMs: AT_MS,
  records: 600_000,
  bytes: 180_000_000,
  requests: 300,
  throttled: 0,
  heapShare: 0.3,
  credentialsRefused: 0,
  ...changed,
});

const seenAs = (changed: Partial<Observation> = {}): Observation => ({
  atMs: AT_MS,
  workers: 10,
  mapping: 'enabled',
  chunksWaiting: 50,
  chunksInWork: 10,
  window: windowOf(),
  ...changed,
});

const decide = (seen: Observation, state: Partial<GovernorState> = {}) =>
  govern({ ...startGovernor(), ...state }, seen, settings).decision;

describe('govern', () => {
  it.each<[string, Partial<Observation>, 'hold' | 'set', number]>([
    ['adds two senders while memory, quota and queue allow it', {}, 'set', 12],
    ['adds no more than the most allowed', { workers: 29 }, 'set', 30],
    ['stays at the most allowed', { workers: 30 }, 'hold', 30],
    ['adds none when no chunk waits', { chunksWaiting: 0 }, 'hold', 10],
    [
      'adds none between half and three quarters of the heap',
      { window: windowOf({ heapShare: 0.5 }) },
      'hold',
      10,
    ],
    ['still takes none away there', { window: windowOf({ heapShare: 0.75 }) }, 'hold', 10],
    ['takes two away above three quarters', { window: windowOf({ heapShare: 0.76 }) }, 'set', 8],
    ['adds none at 95 % of the events', { window: windowOf({ records: 28_500 * 120 }) }, 'hold', 10],
    ['adds some just below', { window: windowOf({ records: 28_400 * 120 }) }, 'set', 12],
    ['adds none at 95 % of the bytes', { window: windowOf({ bytes: 3_800_000_000 }) }, 'hold', 10],
    ['bears a few refusals', { window: windowOf({ throttled: 6 }) }, 'set', 12],
    ['takes three in ten away for more', { window: windowOf({ throttled: 7 }) }, 'set', 7],
    ['takes half away for very many', { window: windowOf({ throttled: 61 }) }, 'set', 5],
    ['keeps the fewest allowed', { workers: 2, window: windowOf({ throttled: 61 }) }, 'hold', 2],
    ['leaves all as it is without data', { window: undefined }, 'hold', 10],
    ['leaves all as it is where nothing was sent', { window: windowOf({ requests: 0 }) }, 'hold', 10],
    ['leaves a mapping alone that is changing', { mapping: 'changing' }, 'hold', 10],
    ['leaves a mapping alone that somebody disabled', { mapping: 'disabled' }, 'hold', 10],
    ['comes back within the bounds from above', { workers: 80, window: undefined }, 'set', 30],
    ['comes back within the bounds from below', { workers: 1, window: undefined }, 'set', 2],
  ])('%s', (_, seen, kind, workers) => {
    expect(decide(seenAs(seen))).toMatchObject({ kind, workers });
  });

  it('waits until a change shows in what is measured', () => {
    expect(decide(seenAs(), { changedAtMs: AT_MS - MINUTE_MS }).kind).toBe('hold');
    expect(decide(seenAs(), { changedAtMs: AT_MS - 2 * MINUTE_MS }).kind).toBe('set');
  });

  it('tries a refused number of senders again after an hour, not before', () => {
    const refused = (minutes: number) => ({ ceiling: { workers: 11, atMs: AT_MS - minutes * MINUTE_MS } });
    expect(decide(seenAs(), refused(59))).toMatchObject({ kind: 'hold' });
    expect(decide(seenAs({ workers: 9 }), refused(59))).toMatchObject({ kind: 'set', workers: 10 });
    expect(decide(seenAs(), refused(60))).toMatchObject({ kind: 'set', workers: 12 });
  });
});

describe('govern, when the credentials are refused', () => {
  const refused = seenAs({ window: windowOf({ credentialsRefused: 3 }) });
  const { state: paused, decision } = govern(startGovernor(), refused, settings);
  const later = (changed: Partial<Observation>): Observation =>
    seenAs({ atMs: AT_MS + MINUTE_MS, mapping: 'disabled', window: refused.window, ...changed });

  it('pauses, whatever else it sees', () => {
    expect(decision).toMatchObject({ kind: 'pause', workers: 10 });
    expect(decide(seenAs({ ...refused, chunksWaiting: 0, chunksInWork: 0 })).kind).toBe('pause');
    expect(decide(refused, { changedAtMs: AT_MS }).kind).toBe('pause');
  });

  it('stays paused until the secret changes', () => {
    expect(govern(paused, later({}), settings).decision.kind).toBe('hold');
    const before = later({ credentialsChangedAtMs: AT_MS - 2 * MINUTE_MS - 30_001 });
    expect(govern(paused, before, settings).decision.kind).toBe('hold');
    const after = later({ credentialsChangedAtMs: AT_MS - 2 * MINUTE_MS - 30_000 });
    expect(govern(paused, after, settings).decision).toMatchObject({ kind: 'resume', workers: 10 });
  });

  it('believes whoever enables the mapping, and forgets the refusals from before', () => {
    const enabled = later({ mapping: 'enabled' });
    const { state, decision: first } = govern(paused, enabled, settings);
    expect(first.kind).toBe('hold');
    expect(govern(state, { ...enabled, atMs: AT_MS + 2 * MINUTE_MS }, settings).decision.kind).toBe('hold');
    const again = windowOf({ fromMs: AT_MS + MINUTE_MS, toMs: AT_MS + 3 * MINUTE_MS, credentialsRefused: 1 });
    expect(govern(state, { ...enabled, window: again }, settings).decision.kind).toBe('pause');
  });
});

const anyWindow = fc.record({
  fromMs: fc.nat(1e9),
  records: fc.nat(1e9),
  bytes: fc.nat(2 ** 31 - 1),
  requests: fc.nat(1e5),
  throttled: fc.nat(1e5),
  heapShare: fc.double({ min: 0, max: 2, noNaN: true }),
  credentialsRefused: fc.oneof(fc.constant(0), fc.nat(3)),
});
const anyObservation = fc.record({
  workers: fc.integer({ min: 1, max: 1_000 }),
  mapping: fc.constantFrom('enabled', 'disabled', 'changing'),
  chunksWaiting: fc.nat(1_000),
  chunksInWork: fc.nat(100),
  window: fc.option(
    anyWindow.map((window) => ({ ...window, toMs: window.fromMs + 120_000 })),
    { nil: undefined },
  ),
  credentialsChangedAtMs: fc.option(fc.nat(1e9), { nil: undefined }),
});

describe('whatever is seen', () => {
  it('stays within the bounds, gives a reason, and remembers only what it can write down', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1e9), anyObservation), { maxLength: 30 }), (looks) => {
        let state = startGovernor();
        for (const [atMs, seen] of looks.toSorted(([a], [b]) => a - b)) {
          const next = govern(state, { ...seen, atMs }, settings);
          state = governorStateSchema.parse(JSON.parse(JSON.stringify(next.state)));
          const { kind, workers, reason } = next.decision;
          expect(reason).not.toBe('');
          expect(reason).not.toMatch(/NaN|undefined|null/);
          if (kind === 'hold' || kind === 'pause') expect(workers).toBe(seen.workers);
          else {
            expect(workers).toBeGreaterThanOrEqual(settings.workersMin);
            expect(workers).toBeLessThanOrEqual(settings.workersMax);
          }
        }
      }),
    );
  });
});
