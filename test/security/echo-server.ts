import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** What a request said of its sender, as sent and decoded. */
export interface Claim {
  readonly authorization: string;
  readonly credentials: string;
  readonly records: number;
}

export type Answer = (claim: Claim, response: ServerResponse) => void;

export interface EchoServer {
  readonly url: string;
  readonly claims: readonly Claim[];
  close(): Promise<void>;
}

/** Stands in for Mixpanel, or for a proxy that tells everyone what it was told. */
export const startEchoServer = async (answer: Answer): Promise<EchoServer> => {
  const claims: Claim[] = [];
  const server = createServer(async (request, response) => {
    const claim = await claimOf(request);
    claims.push(claim);
    answer(claim, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    claims,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

const claimOf = async (request: IncomingMessage): Promise<Claim> => {
  const body = await buffer(request);
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
  const { authorization = '' } = request.headers;
  return {
    authorization,
    credentials: Buffer.from(authorization.replace('Basic ', ''), 'base64').toString(),
    records: text.split('\n').filter((line) => line !== '').length,
  };
};

export const answerJson = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

export const answerPage = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end(`<html><body>${text}</body></html>`);
};
