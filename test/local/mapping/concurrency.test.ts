import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startFleet } from '../fleet.ts';
import { hostOf, overlapMax, resultOf, type Span } from '../functions/fixtures.ts';
import { heldInvocations, invokeOf } from './invocations.ts';

const soon = { timeout: 15_000, interval: 20 };
const POLL_ENDS_MS = 15_000; // left alone, it would wait for 20 s

describe('concurrency', () => {
  it('reaches the cap with real processes and never passes it', async () => {
    const fleet = await startFleet();
    const folder = mkdtempSync(join(tmpdir(), 'meet-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await fleet.send(Array.from({ length: 9 }, (_, index) => String(index)));
    const host = hostOf('meet.mjs', { concurrencyMax: 8 });
    const { reports } = fleet.map({
      invoke: () => host.invoke({ folder, parties: 3 }),
      concurrencyMax: 3,
      reportBatchItemFailures: false,
    });
    await vi.waitFor(() => expect(reports).toHaveLength(9), soon);
    expect(overlapMax(reports.map(({ result }) => resultOf<Span>(result)))).toBe(3);
    expect(host.stats().started).toBe(3);
  });

  it('receives no message before its invocation may start', async () => {
    const fleet = await startFleet();
    await fleet.send(['a', 'b', 'c']);
    const held = heldInvocations();
    fleet.map({ invoke: held.invoke, concurrencyMax: 2, pollersMax: 4 });
    await vi.waitFor(() => expect(held.running()).toBe(2), soon);
    expect(await fleet.counts()).toMatchObject({ visible: 1, inFlight: 2 });
    held.releaseOne();
    await vi.waitFor(
      async () => expect(await fleet.counts()).toMatchObject({ visible: 0, inFlight: 2 }),
      soon,
    );
    expect(held.peak()).toBe(2);
    while (held.running() > 0) {
      held.releaseOne();
      await vi.waitFor(async () => expect((await fleet.counts()).inFlight).toBe(held.running()), soon);
    }
  });

  it('follows setConcurrency up at once, and down as invocations end', async () => {
    const fleet = await startFleet();
    await fleet.send(['a', 'b', 'c', 'd', 'e']);
    const held = heldInvocations();
    const mapping = fleet.map({ invoke: held.invoke, concurrencyMax: 1 });
    await vi.waitFor(() => expect(held.running()).toBe(1), soon);
    mapping.setConcurrency(3);
    await vi.waitFor(() => expect(held.running()).toBe(3), soon);

    mapping.setConcurrency(1);
    held.releaseOne();
    held.releaseOne();
    await vi.waitFor(
      async () => expect(await fleet.counts()).toMatchObject({ visible: 2, inFlight: 1 }),
      soon,
    );
    held.releaseOne();
    await vi.waitFor(
      async () => expect(await fleet.counts()).toMatchObject({ visible: 1, inFlight: 1 }),
      soon,
    );
    expect(() => mapping.setConcurrency(0)).toThrow(/concurrencyMax is 0; .* 1 to 1000/);
    held.releaseOne();
    await vi.waitFor(
      async () => expect(await fleet.counts()).toMatchObject({ visible: 0, inFlight: 1 }),
      soon,
    );
    held.releaseOne();
    await vi.waitFor(() => expect(mapping.idle()).toBe(true), soon);
  });

  it('starts nothing new while paused', async () => {
    const fleet = await startFleet();
    await fleet.send(['a', 'b']);
    const held = heldInvocations();
    const mapping = fleet.map({ invoke: held.invoke });
    await vi.waitFor(() => expect(held.running()).toBe(1), soon);
    mapping.pause();
    held.releaseOne();
    await vi.waitFor(() => expect(mapping.idle()).toBe(true), soon);
    expect(await fleet.counts()).toMatchObject({ visible: 1, inFlight: 0 });
    mapping.resume();
    await vi.waitFor(() => expect(held.running()).toBe(1), soon);
    held.releaseOne();
  });
});

describe('close', () => {
  it('ends a long poll at once and takes no message with it', { timeout: POLL_ENDS_MS }, async () => {
    const fleet = await startFleet({ visibilityTimeoutSeconds: 600 });
    const invoke = vi.fn(invokeOf(() => null));
    const mapping = fleet.map({ invoke });
    expect(await mapping.close()).toEqual({ unfinished: 0 });

    const next = vi.fn(invokeOf(() => null));
    fleet.map({ invoke: next });
    await fleet.send(['a']);
    await vi.waitFor(() => expect(next).toHaveBeenCalledOnce(), soon);
    expect(invoke).not.toHaveBeenCalled();
  });

  it('waits for invocations in work, up to a bound', async () => {
    const fleet = await startFleet();
    await fleet.send(['a']);
    const held = heldInvocations();
    const mapping = fleet.map({ invoke: held.invoke });
    await vi.waitFor(() => expect(held.running()).toBe(1), soon);
    expect(await mapping.close({ timeoutMs: 30 })).toEqual({ unfinished: 1 });

    const closing = mapping.close({ timeoutMs: 15_000 });
    held.releaseOne();
    expect(await closing).toEqual({ unfinished: 0 });
    expect(mapping.reports).toMatchObject([{ deleted: 1 }]);
    expect(await fleet.counts()).toMatchObject({ visible: 0, inFlight: 0 });
  });
});
