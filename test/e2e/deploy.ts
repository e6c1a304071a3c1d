/**
 * Deploys the stack with the real CDK CLI into an emulated AWS account that enforces IAM policies and
 * TLS, imports files through it into the Mixpanel simulator, and destroys it again. Needs Python 3
 * and a package index for pip. Prints `N passed, M failed` and exits 1 when something failed.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startMixpanelSimulator } from '../../local/mixpanel/server.ts';
import { checkQueues, checkRefusal, checkRemoval } from './account.ts';
import { createChecks } from './checks.ts';
import { createCloud } from './cloud.ts';
import { checkGovernor } from './governor.ts';
import { checkImports, dropFiles } from './imports.ts';
import { installMinistack, type Ministack, startMinistack } from './ministack.ts';
import { checkOperation } from './operate.ts';
import { CHUNK_BYTES, sourceFiles } from './sources.ts';

const TOKEN = 'e2e-project-token';
const LOG_LINES = 60;
const LOG_LINE_CHARACTERS = 800;

const say = (line: string): void => console.log(line);
const checks = createChecks(say);
const cleanups: (() => Promise<void>)[] = [];

const main = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'fanout-e2e-'));
  cleanups.push(() => rm(dir, { recursive: true, force: true }));
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
  say('installing the emulator');
  const ministack = await startMinistack(await installMinistack({ dir, path }), { dir, path });
  cleanups.push(ministack.close);
  const simulator = await startMixpanelSimulator({ credentials: { token: TOKEN } });
  cleanups.push(simulator.close);
  try {
    await importThrough(ministack, { dir, path, simulator });
  } catch (error) {
    say(await logTail(ministack.logFile));
    throw error;
  }
};

interface Place {
  readonly dir: string;
  readonly path: string;
  readonly simulator: Awaited<ReturnType<typeof startMixpanelSimulator>>;
}

const importThrough = async (ministack: Ministack, { dir, path, simulator }: Place): Promise<void> => {
  const clients = awsClients(ministack);
  const cloud = createCloud(dir, { PATH: path, HOME: dir, ...ministack.clientEnvironment });
  const settings = {
    endpoint: simulator.url,
    chunkBytes: String(CHUNK_BYTES),
    removalPolicy: 'destroy',
  };
  say('bootstrapping');
  await cloud.bootstrap();
  say('deploying');
  const outputs = await cloud.deploy(settings);
  await checkRefusal(checks, ministack, outputs);
  const SecretString = JSON.stringify({ token: TOKEN });
  await clients.secrets.send(
    new PutSecretValueCommand({ SecretId: outputs.CredentialsSecretName, SecretString }),
  );
  const files = sourceFiles();
  say('importing');
  await dropFiles(clients.s3, outputs.InboxBucketName, files);
  await checkImports(checks, { s3: clients.s3, outputs, files, simulator });
  await checkQueues(checks, clients.sqs);
  await checkGovernor(checks, { ...clients, outputs });
  const environment = { PATH: path, HOME: dir, ...ministack.clientEnvironment };
  await checkOperation(checks, { s3: clients.s3, outputs, simulator, environment });
  say('destroying');
  await checkRemoval(checks, { s3: clients.s3, outputs, destroy: () => cloud.destroy(settings) });
};

const awsClients = ({ endpoint, certificate }: Ministack) => {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { httpsAgent: new Agent({ ca: certificate, keepAlive: false }) },
  };
  return {
    s3: new S3Client(config),
    sqs: new SQSClient(config),
    secrets: new SecretsManagerClient(config),
    lambda: new LambdaClient(config),
  };
};

const logTail = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .slice(-LOG_LINES)
    .map((line) => line.slice(0, LOG_LINE_CHARACTERS))
    .join('\n');

const cleanUp = async (): Promise<void> => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
}
try {
  await main();
} catch (error) {
  checks.check('the run comes to its end', false, error instanceof Error ? error.message : error);
} finally {
  await cleanUp();
}
say(checks.summary());
process.exitCode = checks.failed === 0 ? 0 : 1;
