import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished } from 'vitest';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** As it came over the network. */
  readonly body: Buffer;
  readonly lines: readonly string[];
  readonly socket: Socket;
}

/** Answers the request; `count` is 1 for the first one. */
export type Answerer = (request: SeenRequest, response: ServerResponse, count: number) => void;

export interface ApiServer {
  readonly endpoint: string;
  readonly requests: readonly SeenRequest[];
  /** Every connection ever made. */
  readonly sockets: ReadonlySet<Socket>;
  /** Connections open now. */
  openSockets(): number;
}

/** A server for one test, closed at its end. */
export const startApi = async (answer: Answerer): Promise<ApiServer> => {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(async (message, response) => {
    const request = await readRequest(message).catch(() => undefined);
    if (request === undefined) return;
    requests.push(request);
    answer(request, response, requests.length);
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    sockets,
    openSockets: () => [...sockets].filter((socket) => !socket.destroyed).length,
  };
};

const readRequest = async (message: IncomingMessage): Promise<SeenRequest> => {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece);
  const body = Buffer.concat(pieces);
  const text = message.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return {
    method: message.method ?? '',
    url: message.url ?? '',
    headers: message.headers,
    body,
    lines: text.toString('utf8').split('\n').filter(Boolean),
    socket: message.socket,
  };
};

export const replyJson = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

/** What the API answers when it has taken all records. */
export const replyImported = (response: ServerResponse, records: number): void =>
  replyJson(response, 200, { code: 200, num_records_imported: records, status: 'OK' });

export const expectSameBody = (requests: readonly SeenRequest[]): void => {
  const [first, ...others] = requests;
  for (const { body } of others) expect(body.equals(first?.body ?? Buffer.of())).toBe(true);
};
