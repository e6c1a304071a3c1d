import { describe, expect, it } from 'vitest';
import { isPresetName, PRESET_NAMES, PRESETS } from '../../lib/tune/presets.ts';

describe('PRESETS', () => {
  it.each([
    [
      'maximum-speed',
      { workers: 30, highWater: 200, recordsPerBatch: 2_000, compress: true, abridged: true },
    ],
    [
      'memory-constrained',
      { workers: 5, highWater: 30, recordsPerBatch: 1_000, aggressiveGC: true, abridged: true },
    ],
    [
      'large-events',
      { workers: 3, highWater: 20, recordsPerBatch: 500, throttleMemory: true, aggressiveGC: true },
    ],
    ['network-limited', { workers: 10, highWater: 100, compress: true, compressionLevel: 9 }],
  ] as const)('have the scenario %s', (name, tuning) => {
    expect(PRESETS[name].tuning).toMatchObject(tuning);
  });

  it.each([
    ['memory-to-spare', [20, 30], [150, 200], { compress: true }],
    ['tight-memory', [3, 5], [20, 30], { aggressiveGC: true }],
    ['huge-events', [2, 3], [16, 20], { throttleMemory: true }],
    ['slow-network', [5, 10], [50, 100], { compressionLevel: 9 }],
    ['consistent-flow', [10, 15], [100, 150], { abridged: true }],
    ['debug', [1, 2], [16, 16], { verbose: true }],
  ] as const)('have the situation %s, within its bounds', (name, workers, highWater, others) => {
    const { tuning } = PRESETS[name];
    expect(tuning.workers).toBeGreaterThanOrEqual(workers[0]);
    expect(tuning.workers).toBeLessThanOrEqual(workers[1]);
    expect(tuning.highWater).toBeGreaterThanOrEqual(highWater[0]);
    expect(tuning.highWater).toBeLessThanOrEqual(highWater[1]);
    expect(tuning).toMatchObject(others);
  });

  it('say when to take them', () => {
    for (const name of PRESET_NAMES) expect(PRESETS[name].situation, name).not.toBe('');
    expect(PRESET_NAMES).toContain('balanced');
  });

  it('are told by name from everything else', () => {
    expect(isPresetName('debug')).toBe(true);
    for (const other of ['debugging', 'constructor', undefined, 1]) expect(isPresetName(other)).toBe(false);
  });
});
