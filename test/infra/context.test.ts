import { describe, expect, it } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import fanoutConfig from '../../fanout.config.json' with { type: 'json' };
import { ContextError, readOverrides } from '../../infra/context.ts';
import { parseDeployConfig } from '../../lib/recipe/deploy-config.ts';

describe('readOverrides', () => {
  it('takes plain keys for settings, and leaves out flags, look-ups and what the CLI notes down', () => {
    const context = {
      ...cdkJson.context,
      'aws:cdk:enable-path-metadata': true,
      'availability-zones:account=1:region=us-east-1': ['a'],
      'acknowledged-issue-numbers': [32775],
      'cli-telemetry': false,
      workers: '20',
      'recipe.tuning.memory': 1024,
    };
    expect(readOverrides(context)).toEqual({
      removal: 'retain',
      overrides: { workers: '20', 'recipe.tuning.memory': '1024' },
    });
  });

  it('passes an unknown setting on, so that it fails by name', () => {
    const { overrides } = readOverrides({ wrokers: '20' });
    expect(() => parseDeployConfig(fanoutConfig, overrides)).toThrow(/wrokers/);
  });

  it('keeps removalPolicy for itself', () => {
    expect(readOverrides({ removalPolicy: 'destroy' })).toEqual({ removal: 'destroy', overrides: {} });
  });

  it('refuses a removalPolicy that is neither retain nor destroy', () => {
    expect(() => readOverrides({ removalPolicy: 'delete' })).toThrow(ContextError);
  });
});

describe('fanout.config.json', () => {
  it('holds settings that parse', () => {
    expect(parseDeployConfig(fanoutConfig, {}).recipe.tuning).toMatchObject({ workers: 10, memory: 512 });
  });
});
