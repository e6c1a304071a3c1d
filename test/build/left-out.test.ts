import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leftOut } from '../../build/left-out.ts';

const PROJECT_DIR = fileURLToPath(new URL('../..', import.meta.url));

let dir: string;
let server: Server;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fanout-left-out-'));
  server = createServer((request, response) => {
    request.resume().on('end', () => response.end(`${request.method} ${request.url}`));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(dir, { recursive: true, force: true });
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
  const { port } = server.address() as AddressInfo;
  expect(await send(`http://127.0.0.1:${port}`)).toEqual([200, 'POST /import']);
});

it('leaves checks that explain themselves in English', async () => {
  const check = await bundled(`
    import { z } from 'zod';
    export default async () => z.string().safeParse(1).error.issues[0].message;`);
  expect(await check()).toBe('Invalid input: expected string, received number');
});

it('fails the build of code that needs what is left out', async () => {
  await expect(bundled("import { fetch } from 'undici'; export default fetch;")).rejects.toThrow(
    /No matching export.*fetch/,
  );
});

const bundled = async (contents: string): Promise<(argument?: string) => Promise<unknown>> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: PROJECT_DIR },
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    plugins: [leftOut],
    write: false,
    logLevel: 'silent',
  });
  const path = join(dir, `${outputFiles[0]!.hash.replaceAll('/', '_')}.mjs`);
  await writeFile(path, outputFiles[0]!.contents);
  return (await import(pathToFileURL(path).href)).default;
};
