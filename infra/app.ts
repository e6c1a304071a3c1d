import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { bundleFunction, FUNCTION_NAMES } from '../build/bundles.ts';
import { parseDeployConfig } from '../lib/recipe/deploy-config.ts';
import { readOverrides } from './context.ts';
import { ImporterStack } from './importer-stack.ts';

const CONFIG_FILE = new URL('../fanout.config.json', import.meta.url);

const app = new App();
const { removal, overrides } = readOverrides(app.node.getAllContext());
const config = parseDeployConfig(JSON.parse(await readFile(CONFIG_FILE, 'utf8')), overrides);
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
