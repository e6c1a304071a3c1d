import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allowedEndpoints, parseDeployConfig } from '../../lib/recipe/deploy-config.ts';
import { RecipeError } from '../../lib/recipe/recipe-error.ts';

describe('parseDeployConfig', () => {
  it('fills in every default', () => {
    expect(parseDeployConfig({}, {})).toMatchObject({
      recipe: { format: 'auto', tuning: { workers: 10 } },
      senderTimeoutSeconds: 120,
      stagedRetentionDays: 15,
      rejectsRetentionDays: 90,
      replacedRetentionDays: 30,
      reportRetentionDays: 90,
      logRetentionDays: 30,
      decompressedBytesMax: 2 ** 40,
    });
  });

  it('takes the file that is shipped', () => {
    const file: unknown = JSON.parse(
      readFileSync(new URL('../../fanout.config.json', import.meta.url), 'utf8'),
    );
    expect(parseDeployConfig(file, {}).recipe.destination.region).toBe('us');
  });

  it('takes overrides by path or by name, and leaves the file as it was', () => {
    const file = { recipe: { tuning: { workers: 5, memory: 256 } }, logRetentionDays: 7 };
    const config = parseDeployConfig(file, {
      workers: '20',
      'recipe.tuning.compress': 'false',
      'destination.region': 'eu',
      endpoint: 'http://127.0.0.1:8080/base',
      'recipe.fields.event': '{"column": "name"}',
      secretName: 'mixpanel',
      logRetentionDays: '14',
    });
    expect(config).toMatchObject({
      recipe: {
        tuning: { workers: 20, memory: 256, compress: false },
        destination: { region: 'eu', endpoint: 'http://127.0.0.1:8080/base' },
        fields: { event: { column: 'name', keep: false } },
      },
      secretName: 'mixpanel',
      logRetentionDays: 14,
    });
    expect(file).toEqual({ recipe: { tuning: { workers: 5, memory: 256 } }, logRetentionDays: 7 });
  });

  it.each<[string, string, string]>([
    ['wokers', '3', 'wokers: unknown key; did you mean "recipe.tuning.workers"?'],
    ['recipe.tuning.wokers', '3', 'recipe.tuning.wokers: unknown key; did you mean "recipe.tuning.workers"?'],
    [
      'workers',
      'many',
      'recipe.tuning.workers: Invalid input: expected number, received string (got "many")',
    ],
    [
      'logRetentionDays',
      '2',
      'logRetentionDays: Invalid option: expected one of 1|3|5|7|14|30|60|90|180|365 (got 2)',
    ],
    ['senderTimeoutSeconds', '900', 'senderTimeoutSeconds: Too big: expected number to be <=120 (got 900)'],
    [
      'recipe.tuning.workers.x',
      '2',
      'recipe.tuning.workers: Invalid input: expected number, received object (got {"x":2})',
    ],
    ['__proto__.x', '2', '"__proto__.x" is not a setting.'],
  ])('refuses the override %s=%s', (name, value, problem) => {
    expect(() => parseDeployConfig({}, { [name]: value })).toThrow(RecipeError);
    expect(() => parseDeployConfig({}, { [name]: value })).toThrow(problem);
  });

  it('refuses an override beneath a value', () => {
    expect(() => parseDeployConfig({ recipe: 5 }, { workers: '3' })).toThrow('is not a setting');
  });

  it('names what the file has wrong', () => {
    expect(() => parseDeployConfig({ recipe: { tunning: {} }, secretNam: 'x' }, {})).toThrow(
      [
        'The deploy configuration cannot be used:',
        '  - recipe.tunning: unknown key; did you mean "recipe.tuning"?',
        '  - secretNam: unknown key; did you mean "secretName"?',
      ].join('\n'),
    );
    expect(() => parseDeployConfig('text', {})).toThrow(RecipeError);
  });
});

describe('allowedEndpoints', () => {
  it('are none unless the configuration names them', () => {
    expect(allowedEndpoints(parseDeployConfig({}, {}))).toEqual([]);
  });

  it('are the endpoint of the recipe and those listed, each once', () => {
    const one = 'https://one.example';
    const config = parseDeployConfig({ endpointsAllowed: [one, 'http://127.0.0.1:1'] }, { endpoint: one });
    expect(allowedEndpoints(config)).toEqual([one, 'http://127.0.0.1:1']);
  });

  it.each(['http://one.example', 'https://user:pass@one.example', 'one.example'])(
    'refuses %s in the list',
    (endpoint) => {
      expect(() => parseDeployConfig({ endpointsAllowed: [endpoint] }, {})).toThrow(
        'endpointsAllowed.0: the',
      );
    },
  );
});
