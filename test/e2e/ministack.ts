import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Environment, runCommand } from './command.ts';
import { waitFor } from './wait-for.ts';

const PACKAGES = ['ministack==1.5.33'];
const LAUNCHER = fileURLToPath(new URL('mended-ministack.py', import.meta.url));
const INSTALL_TIMEOUT_MS = 300_000;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/** An emulated AWS account that enforces IAM policies and TLS. */
export interface Ministack {
  readonly endpoint: string;
  /** PEM of the certificate that it serves. */
  readonly certificate: string;
  /** What an AWS client of another process needs: endpoint, certificate, Region, credentials. */
  readonly clientEnvironment: Environment;
  readonly logFile: string;
  close(): Promise<void>;
}

export interface MinistackOptions {
  /** For everything it writes, its Python included. */
  readonly dir: string;
  /** `PATH` whose first `node` runs the functions. */
  readonly path: string;
}

/**
 * Installs the emulator into a virtual environment of its own.
 *
 * @returns path of the Python that has it
 * @throws when there is no Python 3 that can make one, saying what to install
 */
export const installMinistack = async ({ dir }: MinistackOptions): Promise<string> => {
  const venv = join(dir, 'venv');
  const run = { env: { ...process.env } as Environment, timeoutMs: INSTALL_TIMEOUT_MS };
  try {
    await runCommand({ ...run, file: 'python3', args: ['-m', 'venv', venv] });
  } catch (cause) {
    throw new Error(
      'python3 cannot make a virtual environment. Install Python 3.10 or newer; on Debian and Ubuntu also the package python3-venv.',
      { cause },
    );
  }
  const python = join(venv, 'bin', 'python');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES];
  await runCommand({ ...run, file: python, args: pip });
  return python;
};

/** Starts the emulator on a free port of 127.0.0.1 and waits until it answers. */
export const startMinistack = async (python: string, options: MinistackOptions): Promise<Ministack> => {
  const { dir } = options;
  const port = await freePort();
  const logFile = join(dir, 'ministack.log');
  await Promise.all(['state', 's3', 'tmp'].map((name) => mkdir(join(dir, name))));
  const child = spawn(python, ['-B', LAUNCHER], {
    cwd: dir,
    env: serverEnvironment(options, port),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own, so that its workers end with it
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const close = (): Promise<void> => stopGroup(child);
  const certificateFile = join(dir, 'tmp', 'ministack-tls', 'server.crt');
  try {
    const certificate = await waitFor({
      what: 'answer of MiniStack',
      poll: async () => {
        if (child.exitCode !== null) throw new Error(`MiniStack exited with ${child.exitCode}.`);
        return answeringCertificate(certificateFile, port);
      },
      everyMs: 200,
      timeoutMs: START_TIMEOUT_MS,
    });
    const endpoint = `https://127.0.0.1:${port}`;
    const clientEnvironment = { ...awsEnvironment(endpoint), ...trust(certificateFile) };
    return { endpoint, certificate, clientEnvironment, logFile, close };
  } catch (cause) {
    await close();
    throw new Error(`MiniStack did not start:\n${await readFile(logFile, 'utf8')}`, { cause });
  }
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port of 127.0.0.1 is free.');
  return address.port;
};

const serverEnvironment = ({ dir, path }: MinistackOptions, port: number): Environment => ({
  PATH: path,
  HOME: dir,
  TMPDIR: join(dir, 'tmp'),
  STATE_DIR: join(dir, 'state'),
  S3_DATA_DIR: join(dir, 's3'),
  GATEWAY_PORT: String(port),
  BIND_HOST: '127.0.0.1',
  MINISTACK_HOST: '127.0.0.1',
  // Policies are evaluated, and every one of ours refuses plain HTTP.
  AUTH: 'true',
  USE_SSL: '1',
  SFTP_ENABLED: '0',
  IOT_MTLS_ENABLED: '0',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

const awsEnvironment = (endpoint: string): Environment => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

const trust = (certificateFile: string): Environment => ({
  NODE_EXTRA_CA_CERTS: certificateFile,
  AWS_CA_BUNDLE: certificateFile,
});

const answeringCertificate = async (file: string, port: number): Promise<string | undefined> => {
  try {
    const ca = await readFile(file, 'utf8');
    const call = request({ host: '127.0.0.1', port, path: '/_ministack/health', ca, timeout: 2_000 }).end();
    const [response] = await once(call, 'response');
    response.resume();
    return response.statusCode === 200 ? ca : undefined;
  } catch {
    return undefined; // not there yet
  }
};

const stopGroup = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  await Promise.race([exited, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // the whole group has ended
  }
};
