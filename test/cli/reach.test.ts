import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { checkReachable } from '../../cli/reach.ts';
import { SendError } from '../../lib/send/send-error.ts';

const listen = async (host: string) => {
  const server = createServer((socket) => socket.on('error', () => undefined).end());
  server.listen(0, host);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
};

it('passes where something listens, and leaves no connection behind', async () => {
  const { server, port } = await listen('127.0.0.1');
  await checkReachable(new URL(`http://127.0.0.1:${port}/import?strict=1`));
  server.close();
  await once(server, 'close');
});

it('says at once that nothing listens', async () => {
  const { server, port } = await listen('127.0.0.1');
  server.close();
  await once(server, 'close');
  const check = checkReachable(new URL(`https://127.0.0.1:${port}/import`));
  await expect(check).rejects.toThrow(SendError);
  await expect(check).rejects.toThrow(`Nothing answers at https://127.0.0.1:${port} (ECONNREFUSED)`);
});
