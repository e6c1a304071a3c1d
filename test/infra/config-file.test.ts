import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readDeployConfig } from '../../infra/config-file.ts';
import { RecipeError } from '../../lib/recipe/recipe-error.ts';

const APP = fileURLToPath(new URL('../../infra/app.ts', import.meta.url));

const configFile = async (text?: string): Promise<URL> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'fanout.config.json');
  if (text !== undefined) await writeFile(path, text);
  return pathToFileURL(path);
};

describe('readDeployConfig', () => {
  it('reads the file, and overrides over it', async () => {
    const file = await configFile('{"recipe": {"tuning": {"workers": 5}}, "logRetentionDays": 7}');
    const config = await readDeployConfig(file, { workers: '6' });
    expect(config).toMatchObject({ recipe: { tuning: { workers: 6 } }, logRetentionDays: 7 });
  });

  it.each([
    ['is not there', undefined, 'fanout.config.json cannot be read; put it back'],
    ['is empty', '', 'fanout.config.json is not valid JSON: '],
    ['has a comma too many', '{"recipe": {},}', 'fanout.config.json is not valid JSON: '],
    ['is a list', '[]', 'the whole: Invalid input: expected object'],
    ['has a key that it does not know', '{"__proto__": {"polluted": 1}}', '__proto__: unknown key'],
    ['has a key from a prototype', '{"constructor": {"prototype": {}}}', 'constructor: unknown key'],
    [
      'has one deeper down',
      '{"recipe": {"tuning": {"__proto__": {}}}}',
      'recipe.tuning.__proto__: unknown key',
    ],
  ])('says what is wrong with a file that %s', async (_, text, message) => {
    const file = await configFile(text);
    await expect(readDeployConfig(file, {})).rejects.toThrow(RecipeError);
    await expect(readDeployConfig(file, {})).rejects.toThrow(message);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('a synth', () => {
  it.each([
    [{ wrokers: '3' }, 'wrokers: unknown key; did you mean "recipe.tuning.workers"?'],
    [{ endpoint: 'http://proxy.example' }, 'recipe.destination.endpoint: the endpoint would send records'],
    [{ region: 'mars' }, 'recipe.destination.region: Invalid option: expected one of "us"|"eu"|"in"'],
    [{ removalPolicy: 'delete' }, 'removalPolicy is "delete"'],
    [{ 'constructor.prototype.polluted': '1' }, 'constructor: unknown key'],
  ])('of %j ends before anything is built, with one message and no stack', async (context, message) => {
    const env = { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context) };
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, [APP], { env }, (error, _out, err) =>
        resolve({ code: error?.code ?? 0, stderr: err }),
      );
    });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
