import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';

/**
 * A server that answers every batch with how many lines it held, in a process of its own and sharing no code with
 * the importer. Prints `{"url"}`; `GET /stats` tells the counts. With `--ids N` it also reads every line and ticks
 * off the ids `e-0` to `e-<N-1>`. Streams what it reads, so it never holds a batch. With `--response-ms N` an answer
 * waits so long once the request was read.
 */
const { values } = parseArgs({
  options: { ids: { type: 'string', default: '0' }, 'response-ms': { type: 'string', default: '0' } },
});
const responseMs = Number(values['response-ms']);
const times = new Uint8Array(Number(values.ids));
const counts = { requests: 0, events: 0, bytes: 0, unknownIds: 0 };

const NEWLINE = 0x0a;
/** Inflated at a time: each piece is a trip to the thread pool, which with zlib's own 16 KiB is most of the work. */
const PIECE_BYTES = 256 * 1024;

const server = createServer(async (request, response) => {
  if (request.method === 'GET') return void response.end(JSON.stringify(statistics()));
  const events = await (isArray(request)
    ? readArray(request)
    : times.length > 0
      ? readLines(request)
      : countLines(request));
  counts.requests += 1;
  counts.events += events;
  if (responseMs > 0) await sleep(responseMs);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ code: 200, num_records_imported: events, status: 'OK' }));
});

/** The mixpanel-import package sends arrays, the importer lines. */
const isArray = ({ headers }: IncomingMessage): boolean =>
  headers['content-type']?.startsWith('application/json') ?? false;

const bodyOf = (request: IncomingMessage): AsyncIterable<Buffer> =>
  request.headers['content-encoding'] === 'gzip'
    ? request.pipe(createGunzip({ chunkSize: PIECE_BYTES }))
    : request;

const countLines = async (request: IncomingMessage): Promise<number> => {
  let lines = 0;
  for await (const piece of bodyOf(request)) {
    counts.bytes += piece.length;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) lines += 1;
  }
  return lines;
};

const readArray = async (request: IncomingMessage): Promise<number> => {
  const events: { properties: { $insert_id: unknown } }[] = JSON.parse(await readText(request));
  for (const { properties } of events) tickOff(properties.$insert_id);
  return events.length;
};

const readLines = async (request: IncomingMessage): Promise<number> => {
  const lines = (await readText(request)).split('\n').slice(0, -1);
  for (const line of lines) tickOff(JSON.parse(line).properties.$insert_id);
  return lines.length;
};

const readText = async (request: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = [];
  for await (const piece of bodyOf(request)) pieces.push(piece);
  const body = Buffer.concat(pieces);
  counts.bytes += body.length;
  return body.toString('utf8');
};

const tickOff = (id: unknown): void => {
  const number = typeof id === 'string' && id.startsWith('e-') ? Number(id.slice(2)) : Number.NaN;
  if (Number.isInteger(number) && number < times.length) times[number] = Math.min(255, times[number]! + 1);
  else counts.unknownIds += 1;
};

const statistics = () => {
  const { user, system } = process.cpuUsage();
  return { ...counts, ...idCounts(), cpuSeconds: (user + system) / 1_000_000 };
};

const idCounts = () => ({
  missing: times.reduce((sum, seen) => sum + (seen === 0 ? 1 : 0), 0),
  repeated: times.reduce((sum, seen) => sum + (seen > 1 ? 1 : 0), 0),
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(
    `${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`,
  );
});
process.once('disconnect', () => process.exit(0));
