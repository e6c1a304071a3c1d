import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, runCommand } from './command.ts';

export interface Outputs {
  readonly InboxBucketName: string;
  readonly WorkBucketName: string;
  readonly DashboardUrl: string;
  readonly CredentialsSecretName: string;
}

/** The CDK CLI against one emulated account. */
export interface Cloud {
  bootstrap(): Promise<void>;
  /** @param settings what `-c key=value` sets */
  deploy(settings: Readonly<Record<string, string>>): Promise<Outputs>;
  /** @param settings those of the deploy */
  destroy(settings: Readonly<Record<string, string>>): Promise<void>;
}

const PROJECT_DIR = fileURLToPath(new URL('../..', import.meta.url));
const STACK = 'MixpanelFanout';
const TIMEOUT_MS = 300_000;

/** @param dir for outputs and the assembly */
export const createCloud = (dir: string, env: Environment): Cloud => {
  const cdk = (...args: string[]): Promise<string> =>
    runCommand({
      file: join(PROJECT_DIR, 'node_modules', '.bin', 'cdk'),
      args: [...args, '--output', join(dir, 'cdk.out'), '--no-notices'],
      cwd: PROJECT_DIR,
      env: { ...env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
      timeoutMs: TIMEOUT_MS,
    });
  const outputsFile = join(dir, 'outputs.json');
  return {
    bootstrap: async () => {
      await cdk('bootstrap', 'aws://000000000000/us-east-1');
    },
    deploy: async (settings) => {
      const output = ['--require-approval', 'never', '--outputs-file', outputsFile];
      await cdk('deploy', STACK, ...output, ...context(settings));
      return JSON.parse(await readFile(outputsFile, 'utf8'))[STACK];
    },
    destroy: async (settings) => {
      await cdk('destroy', STACK, '--force', ...context(settings));
    },
  };
};

const context = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
