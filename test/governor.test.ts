import { describe, expect, it } from 'vitest';
import { type GovernorDependencies, runGovernor } from '../lib/governor.ts';
import type { Receipt } from '../lib/ledger/receipt.ts';
import {
  type Decision,
  type GovernorState,
  type Observation,
  type SenderWindow,
  startGovernor,
} from '../lib/tune/governor-state.ts';
import { MINUTE_MS, settings } from './tune/governed-fleet.ts';

const AT_MS = Date.UTC(2026, 10, 22);
const source = { uri: 's3://inbox/a.jsonl', bytes: 1_000, format: 'jsonl', compression: 'none' } as const;

const quiet: SenderWindow = {
  fromMs: AT_MS - 3 * MINUTE_MS,
  toMs: AT_MS - MINUTE_MS,
  records: 1_000,
  bytes: 300_000,
  requests: 100,
  throttled: 0,
  heapShare: 0.2,
  credentialsRefused: 0,
};

interface World {
  seen?: Partial<Observation>;
  state?: Partial<GovernorState>;
  isWritten?: boolean;
  isApplied?: boolean;
}

const startWorld = ({ seen = {}, state = {}, isWritten = true, isApplied = true }: World = {}) => {
  const asked: string[] = [];
  const saved: GovernorState[] = [];
  const applied: Decision[] = [];
  const receipts: Receipt[] = [];
  const { workers = 10, mapping = 'enabled', chunksWaiting = 50, chunksInWork = 10 } = seen;
  const dependencies: GovernorDependencies = {
    settings,
    mapping: {
      read: async () => ({ workers, mapping }),
      apply: async (decision) => {
        expect(saved).toHaveLength(1);
        applied.push(decision);
        return isApplied;
      },
    },
    states: {
      load: async () => ({ state: { ...startGovernor(), ...state }, version: 'v1' }),
      save: async (next, version) => {
        expect(version).toBe('v1');
        saved.push(next);
        return isWritten;
      },
    },
    readDepth: async () => ({ chunksWaiting, chunksInWork }),
    readWindow: async () => {
      asked.push('window');
      return 'window' in seen ? seen.window : quiet;
    },
    readCredentialsChange: async () => {
      asked.push('credentials');
      return seen.credentialsChangedAtMs;
    },
    listRunning: async () => [{ importId: 'import-1', source }],
    sendReceipts: async (more) => void receipts.push(...more),
    now: () => AT_MS,
  };
  return { run: () => runGovernor(dependencies), asked, saved, applied, receipts };
};

describe('runGovernor', () => {
  it('writes a change down, makes it, and tells the imports that are running', async () => {
    const { run, saved, applied, receipts } = startWorld();
    const { decision } = await run();
    expect(decision).toMatchObject({ kind: 'set', workers: 12 });
    expect(saved).toMatchObject([{ changedAtMs: AT_MS }]);
    expect(applied).toEqual([decision]);
    expect(receipts).toEqual([
      {
        v: 1,
        kind: 'governed',
        importId: 'import-1',
        source,
        atMs: AT_MS,
        from: 10,
        to: 12,
        reason: decision.reason,
      },
    ]);
  });

  it('does nothing without data, and writes nothing where nothing is new', async () => {
    const { run, saved, applied, receipts } = startWorld({ seen: { window: undefined } });
    expect((await run()).decision.kind).toBe('hold');
    expect([saved, applied, receipts]).toEqual([[], [], []]);
  });

  it('leaves the change to the run that was faster', async () => {
    const { run, applied, receipts } = startWorld({ isWritten: false });
    expect((await run()).decision).toMatchObject({ kind: 'hold', workers: 10 });
    expect([applied, receipts]).toEqual([[], []]);
  });

  it('tells nobody of a change that the mapping did not take', async () => {
    const { run, receipts } = startWorld({ isApplied: false });
    expect((await run()).decision).toMatchObject({ kind: 'hold', workers: 10 });
    expect(receipts).toEqual([]);
  });

  it('does not pay for metrics while nothing is sent', async () => {
    for (const seen of [{ chunksWaiting: 0, chunksInWork: 0 }, { mapping: 'disabled' as const }]) {
      const { run, asked } = startWorld({ seen });
      await run();
      expect(asked).toEqual([]);
    }
  });

  it('pauses to 0 senders, and comes back from 0', async () => {
    const pausing = startWorld({ seen: { window: { ...quiet, credentialsRefused: 1 } } });
    expect(await pausing.run()).toMatchObject({ decision: { kind: 'pause' }, isPaused: true });
    expect(pausing.receipts).toMatchObject([{ from: 10, to: 0 }]);
    const [paused] = pausing.saved;
    const resuming = startWorld({
      seen: { mapping: 'disabled', credentialsChangedAtMs: AT_MS },
      state: paused!,
    });
    expect(await resuming.run()).toMatchObject({ decision: { kind: 'resume' }, isPaused: false });
    expect(resuming.asked).toEqual(['credentials']);
    expect(resuming.receipts).toMatchObject([{ from: 0, to: 10 }]);
  });
});
