import { describe, expect, it } from 'vitest';
import { parseDeployConfig } from '../../lib/recipe/deploy-config.ts';
import { governorSettings } from '../../lib/recipe/governor-config.ts';

const settingsFor = (workers: number, overrides: Readonly<Record<string, string>> = {}) => {
  const { governor, recipe } = parseDeployConfig({}, { workers: String(workers), ...overrides });
  return governorSettings(governor, recipe);
};

describe('governorSettings', () => {
  it.each([
    [10, {}, { workersStart: 10, workersMin: 2, workersMax: 30 }],
    [60, {}, { workersStart: 60, workersMin: 2, workersMax: 60 }],
    [1, {}, { workersStart: 2, workersMin: 2, workersMax: 30 }],
    [10, { workersMin: '40' }, { workersStart: 40, workersMin: 40, workersMax: 40 }],
    [60, { workersMax: '20' }, { workersStart: 20, workersMin: 2, workersMax: 20 }],
  ])('starts with %i workers and %o inside its bounds', (workers, overrides, bounds) => {
    expect(settingsFor(workers, overrides)).toMatchObject(bounds);
  });

  it('keeps to the quota of the destination, whose megabytes are millions of bytes', () => {
    expect(settingsFor(10, { megabytesPerMinute: '3' }).bytesPerMinuteMax).toBe(3_000_000);
  });

  it('needs bounds that leave something between them', () => {
    expect(() => settingsFor(10, { workersMin: '9', workersMax: '8' })).toThrow(
      /governor\.workersMin: must not be more than workersMax/,
    );
  });
});
