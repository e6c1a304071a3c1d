import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditions, type Minute, runFleet, settings } from './governed-fleet.ts';

const changes = (minutes: readonly Minute[]): number =>
  minutes.filter(({ decision }) => decision.kind !== 'hold').length;
const last = (minutes: readonly Minute[]): Minute => minutes.at(-1)!;

describe('a fleet under the governor', () => {
  it('grows to the quota of the API and stays there', () => {
    const minutes = runFleet(240, () => ({ ...conditions, eventsPerSecond: 1_800 }));
    expect(last(minutes).eventsPerSecond).toBeGreaterThanOrEqual(0.95 * 30_000);
    expect(changes(minutes.slice(60))).toBe(0);
    expect(minutes.some(({ decision }) => /The API refused/.test(decision.reason))).toBe(false);
  });

  it('shrinks within minutes when the API takes only half, and changes little from then on', () => {
    const half = (minute: number) => ({
      ...conditions,
      quotaEventsPerSecond: minute < 60 ? 30_000 : 15_000,
    });
    const minutes = runFleet(240, half);
    expect(minutes[58]!.workers * conditions.eventsPerSecond).toBeGreaterThan(25_000);
    expect(minutes[70]!.workers * conditions.eventsPerSecond).toBeLessThanOrEqual(1.1 * 15_000);
    expect(Math.min(...minutes.slice(75).map(({ eventsPerSecond }) => eventsPerSecond))).toBeGreaterThan(
      0.6 * 15_000,
    );
    // Once an hour it tries what was refused: down at once, and up again in a few steps.
    expect(changes(minutes.slice(120))).toBeLessThanOrEqual(12);
  });

  it('uses a raised quota', () => {
    const raised = (minute: number) => ({
      ...conditions,
      quotaEventsPerSecond: minute < 30 ? 15_000 : 30_000,
    });
    const minutes = runFleet(180, raised);
    expect(minutes[29]!.eventsPerSecond).toBeLessThanOrEqual(15_000);
    expect(last(minutes).eventsPerSecond).toBeGreaterThanOrEqual(0.95 * 30_000);
  });

  it('stops at the quota in bytes, too', () => {
    const minutes = runFleet(240, () => ({ ...conditions, eventBytes: 2_000 }));
    const bytesPerMinute = last(minutes).eventsPerSecond * 2_000 * 60;
    expect(bytesPerMinute).toBeGreaterThanOrEqual(0.95 * 2_000_000_000);
    expect(changes(minutes.slice(60))).toBe(0);
  });

  it('finds the number of senders whose memory suffices, and stays there', () => {
    const shared = (workers: number) => 0.05 * workers;
    const minutes = runFleet(240, () => ({ ...conditions, heapShare: shared }), {
      ...settings,
      workersStart: 25,
    });
    expect(shared(last(minutes).workers)).toBeLessThanOrEqual(0.75);
    expect(changes(minutes.slice(60))).toBe(0);
  });

  it('changes nothing again before the last change shows in what is measured', () => {
    const minutes = runFleet(60, () => conditions);
    const changedAt = minutes.flatMap(({ decision }, minute) => (decision.kind === 'set' ? [minute] : []));
    for (const [i, minute] of changedAt.slice(1).entries()) {
      expect(minute - changedAt[i]!).toBeGreaterThanOrEqual(3);
    }
  });

  it('goes back to the deployed number of senders after ten minutes without work', () => {
    const ends = (minute: number) => ({ ...conditions, chunksWaiting: minute < 30 ? 100 : 0 });
    const minutes = runFleet(60, ends);
    expect(minutes[39]!.workers).toBeGreaterThan(10);
    expect(minutes[40]!.workers).toBe(10);
    expect(changes(minutes.slice(41))).toBe(0);
  });

  it('settles whatever senders can do and the API takes', () => {
    const anyFleet = fc.record({
      eventsPerSecond: fc.integer({ min: 200, max: 10_000 }),
      quotaEventsPerSecond: fc.integer({ min: 1_000, max: 60_000 }),
      heap: fc.double({ min: 0.005, max: 0.1, noNaN: true }),
      workersStart: fc.integer({ min: 2, max: 30 }),
    });
    fc.assert(
      fc.property(anyFleet, ({ heap, workersStart, ...rates }) => {
        const minutes = runFleet(
          240,
          () => ({ ...conditions, ...rates, heapShare: (workers) => heap * workers }),
          { ...settings, workersStart },
        );
        for (const { workers } of minutes) {
          expect(workers).toBeGreaterThanOrEqual(settings.workersMin);
          expect(workers).toBeLessThanOrEqual(settings.workersMax);
        }
        // At most once an hour it tries what was refused, and comes back in steps of two.
        expect(changes(minutes.slice(90))).toBeLessThanOrEqual(20);
        expect(new Set(minutes.slice(90).map(({ workers }) => workers)).size).toBeLessThanOrEqual(6);
      }),
    );
  });
});
