import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { leftOut } from '../../build/left-out.ts';

const PROJECT_DIR = fileURLToPath(new URL('../..', import.meta.url));

let dir: string;
let server: Server;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fanout-left-out-'));
  server = createServer((request, response) => {
    const isThere = request.url?.startsWith('/bucket/there');
    response.statusCode = isThere ? 200 : 404;
    response.setHeader('etag', '"e1"');
    response.end(isThere ? request.headers.authorization : MISSING);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});

beforeEach(() => vi.unstubAllEnvs());

afterAll(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(dir, { recursive: true, force: true });
});

describe('leaves an S3 client', () => {
  const get = (key: string) =>
    bundled(`
      import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
      export default async (endpoint) => {
        const s3 = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1' });
        try {
          const { ETag, Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: '${key}' }));
          return [ETag, await Body.transformToString()];
        } catch (error) {
          return [error instanceof NoSuchKey, error.name, error.message];
        } finally {
          s3.destroy();
        }
      };`);

  it('that signs with the credentials of the environment, and reads the answer', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_PROFILE', 'other');
    const [etag, authorization] = (await (await get('there'))(endpoint())) as string[];
    expect(etag).toBe('"e1"');
    expect(authorization).toContain('Credential=AKIDEXAMPLE/');
  });

  it('that knows the errors of the service', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    expect(await (await get('missing'))(endpoint())).toEqual([true, 'NoSuchKey', 'There is none.']);
  });

  it('that says so where there are no credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    const [, name] = (await (await get('there'))(endpoint())) as string[];
    expect(name).toBe('CredentialsProviderError');
  });

  it('without the shapes of operations that are not used', async () => {
    const text = await bundleText("export { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';");
    const shapes = [...text.matchAll(/(?:var|const) (\w+)\$\d* = /g)].map(([, shape]) => shape);
    expect(shapes).toContain('GetObjectOutput');
    expect(shapes).not.toContain('GetBucketAclOutput');
  });
});

it('leaves a pool that sends requests', async () => {
  const send = await bundled(`
    import { Pool } from 'undici';
    export default async (origin) => {
      const pool = new Pool(origin, { connections: 1, allowH2: false });
      const { statusCode, body } = await pool.request({ path: '/import', method: 'POST', body: 'x' });
      const text = await body.text();
      await pool.close();
      return [statusCode, text];
    };`);
  expect(await send(endpoint())).toEqual([404, MISSING]);
});

it('leaves checks that explain themselves in English', async () => {
  const check = await bundled(`
    import { z } from 'zod';
    export default async () => z.string().safeParse(1).error.issues[0].message;`);
  expect(await check()).toBe('Invalid input: expected string, received number');
});

it('fails the build of code that needs what is left out', async () => {
  const needsChain = "export { credentialsWillNeedRefresh } from '@aws-sdk/credential-provider-node';";
  await expect(bundled(needsChain)).rejects.toThrow(/No matching export.*credentialsWillNeedRefresh/);
});

const MISSING = '<Error><Code>NoSuchKey</Code><Message>There is none.</Message></Error>';

const endpoint = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** The default export of a module, as it is in a bundle. */
const bundled = async (contents: string): Promise<(argument?: string) => Promise<unknown>> => {
  const outdir = await mkdtemp(join(dir, 'bundle-'));
  await bundleTo(outdir, contents);
  return (await import(pathToFileURL(join(outdir, 'stdin.mjs')).href)).default;
};

const bundleText = async (contents: string): Promise<string> => {
  const texts = await bundleTo(await mkdtemp(join(dir, 'bundle-')), contents);
  return texts.join('\n');
};

const bundleTo = async (outdir: string, contents: string): Promise<string[]> => {
  const { metafile } = await build({
    stdin: { contents, resolveDir: PROJECT_DIR },
    absWorkingDir: outdir,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    plugins: [leftOut],
    metafile: true,
    logLevel: 'silent',
  });
  return Promise.all(Object.keys(metafile.outputs).map((path) => readFile(join(outdir, path), 'utf8')));
};
