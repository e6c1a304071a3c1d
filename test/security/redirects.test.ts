import { afterEach, expect, it } from 'vitest';
import { createImportClient } from '../../lib/send/client.ts';
import { linesBatch } from '../send/lines-batch.ts';
import { answerJson, type EchoServer, startEchoServer } from './echo-server.ts';

const servers: EchoServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const start = async (answer: Parameters<typeof startEchoServer>[0]): Promise<EchoServer> => {
  const server = await startEchoServer(answer);
  servers.push(server);
  return server;
};

it.each([301, 302, 303, 307, 308])('follows no redirect: %i', async (status) => {
  const elsewhere = await start((_, response) => answerJson(response, 200, { code: 200 }));
  const server = await start((_, response) => {
    response.writeHead(status, { location: `${elsewhere.url}/import` });
    response.end();
  });
  const client = createImportClient({
    destination: { region: 'us', endpoint: server.url },
    credentials: { kind: 'token', token: '0123456789abcdef' },
  });
  const sent = client.send(linesBatch(['{}']), AbortSignal.timeout(30_000));
  await expect(sent).rejects.toThrow(expect.objectContaining({ code: 'API_ENDPOINT_NOT_FOUND' }));
  await client.close();
  expect(server.claims).toHaveLength(1);
  expect(elsewhere.claims).toEqual([]);
});
