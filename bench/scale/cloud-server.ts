import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

/**
 * As much of S3 and SQS as the splitter and the ledger ask for, in a process of its own that counts what is asked.
 * Objects of the Inbox are as large as their key says (`1000000000000.jsonl`) and hold one line over and over; objects
 * of the Work bucket are kept. Messages are taken and forgotten. Prints `{"url"}`; `GET /stats` tells the counts and
 * starts over. With `--response-ms N` each answer waits so long.
 */
const { values } = parseArgs({ options: { 'response-ms': { type: 'string', default: '0' } } });
const responseMs = Number(values['response-ms']);

const LINE = Buffer.from(
  `${JSON.stringify({ event: 'Page Viewed', properties: { distinct_id: 'u-1', text: 'x'.repeat(1_900) } })}\n`,
);
const NONE = {
  heads: 0,
  gets: 0,
  bytesRead: 0,
  puts: 0,
  bytesWritten: 0,
  queueRequests: 0,
  messages: 0,
  messageBytes: 0,
};
let counts = { ...NONE };
const kept = new Map<string, { readonly body: Buffer; readonly etag: string }>();

const server = createServer(async (request, response) => {
  const body = await bytesOf(request);
  if (responseMs > 0) await sleep(responseMs);
  if (request.headers['x-amz-target'] !== undefined) return takeMessages(body, response);
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (path === '/stats') return tellCounts(response);
  if (path.startsWith('/inbox/')) return serveInbox(path, request, response);
  return serveWork(path, { request, body }, response);
});

const bytesOf = async (request: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
};

const tellCounts = (response: ServerResponse): void => {
  response.end(JSON.stringify(counts));
  counts = { ...NONE };
};

const takeMessages = (body: Buffer, response: ServerResponse): void => {
  const { Entries = [] } = JSON.parse(body.toString()) as { Entries?: { Id: string; MessageBody: string }[] };
  counts.queueRequests += 1;
  counts.messages += Entries.length;
  counts.messageBytes += Entries.reduce((bytes, { MessageBody }) => bytes + MessageBody.length, 0);
  const Successful = Entries.map(({ Id, MessageBody }) => ({
    Id,
    MessageId: Id,
    MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
  }));
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  response.end(JSON.stringify({ Successful, Failed: [] }));
};

const serveInbox = (path: string, request: IncomingMessage, response: ServerResponse): void => {
  const sizeBytes = Number(/(\d+)\.jsonl$/.exec(path)?.[1]);
  response.setHeader('etag', '"e1"');
  if (request.method === 'HEAD') {
    counts.heads += 1;
    response.setHeader('content-length', sizeBytes);
    return void response.end();
  }
  const [start, last] = /bytes=(\d+)-(\d+)/
    .exec(request.headers.range ?? '')!
    .slice(1)
    .map(Number);
  counts.gets += 1;
  counts.bytesRead += last! - start! + 1;
  response.writeHead(206, {
    'content-range': `bytes ${start}-${last}/${sizeBytes}`,
    'content-length': last! - start! + 1,
  });
  Readable.from(linesFrom(start!, last! + 1)).pipe(response);
};

function* linesFrom(start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end; ) {
    const offset = at % LINE.length;
    const piece = LINE.subarray(offset, Math.min(LINE.length, offset + end - at));
    yield piece;
    at += piece.length;
  }
}

const serveWork = (
  path: string,
  { request, body }: { readonly request: IncomingMessage; readonly body: Buffer },
  response: ServerResponse,
): void => {
  const found = kept.get(path);
  if (request.method === 'PUT') {
    counts.puts += 1;
    counts.bytesWritten += body.length;
    const expected = request.headers['if-match'];
    if (expected !== undefined ? expected !== found?.etag : found !== undefined) {
      return void response.writeHead(412).end(errorXml('PreconditionFailed'));
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    kept.set(path, { body, etag });
    return void response.setHeader('etag', etag).end();
  }
  counts.gets += 1;
  if (!found) return void response.writeHead(404).end(errorXml('NoSuchKey'));
  counts.bytesRead += found.body.length;
  response.setHeader('etag', found.etag).end(found.body);
};

const errorXml = (code: string): string => `<Error><Code>${code}</Code></Error>`;

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.once('disconnect', () => process.exit(0));
