import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { FUNCTION_NAMES } from '../../build/bundles.ts';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { ImporterStack, type ImporterStackProps } from '../../infra/importer-stack.ts';
import { parseDeployConfig } from '../../lib/recipe/deploy-config.ts';

export interface Synthesized {
  readonly template: Template;
  /** What a deploy would say aloud. */
  readonly warnings: readonly string[];
}

export interface Settings {
  /** As from `-c key=value`. */
  readonly overrides?: Readonly<Record<string, string>>;
  readonly removal?: ImporterStackProps['removal'];
}

/** Synthesizes the stack with the flags of cdk.json; every function is a one-line stub. */
export const synthesize = (settings: Settings = {}): Synthesized =>
  withStack(settings, (stack) => ({ template: Template.fromStack(stack), warnings: warningsOf(stack) }));

/** The stack that {@link synthesize} reads, while its files exist. */
export const withStack = <T>(
  { overrides = {}, removal = 'retain' }: Settings,
  use: (stack: ImporterStack) => T,
): T => {
  const dir = mkdtempSync(join(tmpdir(), 'fanout-infra-'));
  try {
    const app = new App({ context: cdkJson.context, outdir: join(dir, 'cdk.out') });
    const stack = new ImporterStack(app, 'MixpanelFanout', {
      config: parseDeployConfig({}, overrides),
      bundleDirs: stubBundles(dir),
      removal,
    });
    return use(stack);
  } finally {
    rmSync(dir, { recursive: true });
  }
};

const warningsOf = (stack: ImporterStack): string[] =>
  Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => String(entry.data));

const stubBundles = (dir: string): ImporterStackProps['bundleDirs'] => {
  const [splitter, sender, ledger, governor] = FUNCTION_NAMES.map((name) => {
    const outDir = join(dir, name);
    mkdirSync(outDir);
    writeFileSync(join(outDir, 'index.mjs'), `export const handler = () => '${name}';\n`);
    return outDir;
  });
  return { splitter: splitter!, sender: sender!, ledger: ledger!, governor: governor! };
};
