import { describe, expect, it } from 'vitest';
import { parseFaultPlan } from '../../../local/mixpanel/fault-plan-text.ts';
import { type FaultPlan, faultChooser } from '../../../local/mixpanel/faults.ts';

const draw = (plan: FaultPlan, count: number) =>
  Array.from({ length: count }, (_, ordinal) => faultChooser(plan)(ordinal));

describe('a script', () => {
  it('gives each request its entry, and none once it ends', () => {
    const late = { kind: 'slow', delayMs: 5 } as const;
    expect(draw(['ok', '429', late], 4)).toEqual([undefined, { kind: '429' }, late, undefined]);
  });
});

describe('a seeded plan', () => {
  it('gives the same fault for the same seed and ordinal', () => {
    expect(draw({ seed: 42, rate: 0.5 }, 500)).toEqual(draw({ seed: 42, rate: 0.5 }, 500));
    expect(draw({ seed: 42, rate: 0.5 }, 500)).not.toEqual(draw({ seed: 43, rate: 0.5 }, 500));
  });

  it('fails about the share asked for', () => {
    const failed = draw({ seed: 1, rate: 0.1 }, 10_000).filter((fault) => fault !== undefined);
    expect(failed.length).toBeGreaterThan(900);
    expect(failed.length).toBeLessThan(1_100);
  });

  it('fails never at rate 0 and always at rate 1', () => {
    expect(draw({ seed: 1, rate: 0 }, 100).every((fault) => fault === undefined)).toBe(true);
    expect(draw({ seed: 1, rate: 1 }, 100).every((fault) => fault !== undefined)).toBe(true);
  });

  it('draws every kind it is given, with its details', () => {
    const faults = draw({ seed: 1, rate: 1, kinds: ['429', 'cut'], retryAfterSeconds: 3 }, 50);
    expect(new Set(faults.map((fault) => fault?.kind))).toEqual(new Set(['429', 'cut']));
    expect(faults[0]?.retryAfterSeconds).toBe(3);
  });

  it('leaves out by default what no retry survives', () => {
    const kinds = new Set(draw({ seed: 1, rate: 1 }, 1_000).map((fault) => fault?.kind));
    expect(kinds.size).toBe(12);
    expect(kinds).not.toContain('hang');
  });

  it('refuses a rate that is not a share', () => {
    expect(() => faultChooser({ seed: 1, rate: 10 })).toThrow('Fault rate 10 is outside 0 to 1');
  });
});

describe('a plan as text', () => {
  it('reads a script', () => {
    expect(parseFaultPlan('ok, 429,reset-after')).toEqual(['ok', '429', 'reset-after']);
  });

  it('reads settings', () => {
    expect(parseFaultPlan('seed=42,rate=0.2,kinds=429+slow,delay-ms=50,retry-after=1')).toEqual({
      seed: 42,
      rate: 0.2,
      kinds: ['429', 'slow'],
      delayMs: 50,
      retryAfterSeconds: 1,
    });
  });

  it.each([
    ['ok,boom', 'Fault "boom" is not known'],
    ['sed=1', 'Fault setting "sed" is not known'],
    ['seed=x', 'Fault setting seed=x is not a number'],
    ['rate=0.1,kinds=nothing', 'Fault "nothing" is not known'],
  ])('refuses %s by name', (text, message) => {
    expect(() => parseFaultPlan(text)).toThrow(message);
  });
});
