import type { Dispatcher, Pool } from 'undici';
import type { EncodedBatch } from './batch.ts';
import { type BoundedText, readBounded } from './bounded-text.ts';

/** What came back of one request. A fault means that no answer was read, so nobody knows whether records were stored. */
export type Answer =
  | ({
      readonly kind: 'answer';
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    } & BoundedText)
  | { readonly kind: 'fault'; readonly cause: Error };

/** The network below the client: one request, one answer. */
export interface Transport {
  /** @throws the reason of `signal` once that is aborted, and nothing else */
  post(batch: EncodedBatch, signal: AbortSignal): Promise<Answer>;
  /** Ends open requests and idle connections. */
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly url: URL;
  readonly authorization?: string | undefined;
  /** Connections kept open at most, one request each. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** From the first byte of the request to the last of the answer, connecting included. */
  readonly requestTimeoutMs: number;
  readonly responseBytesMax: number;
}

/** Idle connections are reused for this long, or as long as the server's `Keep-Alive` says, up to the maximum. */
const KEEP_ALIVE_MS = 10_000;
const KEEP_ALIVE_MS_MAX = 60_000;

/** Loads undici, a quarter of what a sender is, while the source is opened and not before the first invocation. */
export const openTransport = (options: TransportOptions): Transport => {
  const opening = openPool(options);
  return {
    post: async (batch, signal) => post(await opening, options, batch, signal),
    close: async () => (await opening).destroy(),
  };
};

/** Keeps connections alive; HTTP/1.1 only, since a large upload gains nothing from sharing a connection. */
const openPool = async (options: TransportOptions): Promise<Pool> => {
  const { Pool } = await import('undici');
  return new Pool(options.url.origin, {
    connections: options.connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS_MAX,
    connect: { timeout: options.connectTimeoutMs },
    // One timer covers the whole request; undici's own restart with every byte.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
};

const post = async (
  pool: Pool,
  options: TransportOptions,
  batch: EncodedBatch,
  signal: AbortSignal,
): Promise<Answer> => {
  signal.throwIfAborted();
  const request = new AbortController();
  const abort = () => request.abort(signal.reason);
  const timeout = () => request.abort(new Error(`no complete answer within ${options.requestTimeoutMs} ms`));
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(timeout, options.requestTimeoutMs);
  try {
    const response = await pool.request({ ...requestOf(options, batch), signal: request.signal });
    const text = await readBounded(response.body, options.responseBytesMax);
    return { kind: 'answer', status: response.statusCode, headers: response.headers, ...text };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'fault', cause: faultOf(error) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
};

const requestOf = (
  { url, authorization }: TransportOptions,
  { body, compressed }: EncodedBatch,
): Dispatcher.RequestOptions => ({
  method: 'POST',
  path: `${url.pathname}${url.search}`,
  headers: {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-type': 'application/x-ndjson',
    'user-agent': 'mixpanel-fanout',
    ...(compressed && { 'content-encoding': 'gzip' }),
    ...(authorization !== undefined && { authorization }),
  },
  body,
});

/** What went wrong, without what hangs on undici's errors: a parse error carries the bytes of the answer. */
const faultOf = (error: unknown): Error => {
  if (!(error instanceof Error)) return new Error(String(error));
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  const inner = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
  return new Error(`${code}${inner}`);
};
