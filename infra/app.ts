import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { bundleFunction, FUNCTION_NAMES } from '../build/bundles.ts';
import { isFanoutError } from '../lib/errors.ts';
import { readDeployConfig } from './config-file.ts';
import { readOverrides } from './context.ts';
import { ImporterStack } from './importer-stack.ts';

const CONFIG_FILE = new URL('../fanout.config.json', import.meta.url);

const synthesize = async (): Promise<void> => {
  const app = new App();
  const { removal, overrides } = readOverrides(app.node.getAllContext());
  const config = await readDeployConfig(CONFIG_FILE, overrides);
  const bundleDir = (name: string): string => join(app.outdir, 'bundles', name);
  await Promise.all(
    FUNCTION_NAMES.map((name) => bundleFunction({ name, outDir: bundleDir(name), recipe: config.recipe })),
  );
  new ImporterStack(app, 'MixpanelFanout', {
    description: 'mixpanel-fanout: files in an S3 bucket become records in Mixpanel.',
    config,
    bundleDirs: {
      splitter: bundleDir('splitter'),
      sender: bundleDir('sender'),
      ledger: bundleDir('ledger'),
      governor: bundleDir('governor'),
    },
    removal,
  });
  app.synth();
};

await synthesize().catch((error: unknown) => {
  if (!isFanoutError(error)) throw error;
  // The message says what to change; a stack would only hide it.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
