import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ObjectServer {
  readonly url: string;
  /** `Range` and `If-Match` of each request. */
  readonly requests: { readonly range: string | undefined; readonly ifMatch: string | undefined }[];
}

export type Answer = (
  range: { readonly start: number; readonly end: number },
  response: ServerResponse,
  request: number,
) => void;

/** An endpoint with one object of `sizeBytes`, whose answers a test gives itself; `start` and `end` are half-open. */
export const serveObject = async (sizeBytes: number, answer: Answer): Promise<ObjectServer> => {
  const requests: ObjectServer['requests'] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push({ range: request.headers.range, ifMatch: request.headers['if-match'] });
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    response.setHeader('content-range', `bytes ${first}-${last}/${sizeBytes}`);
    answer({ start: Number(first), end: Number(last) + 1 }, response, requests.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
};

/** Answers a ranged GET, and breaks the connection after `bytesMax` bytes of the body. */
export const sendCut = (response: ServerResponse, body: Buffer, bytesMax: number): void => {
  response.writeHead(206, { 'content-length': body.length, etag: '"e1"' });
  if (bytesMax >= body.length) response.end(body);
  else response.write(body.subarray(0, bytesMax), () => setImmediate(() => response.destroy()));
};
