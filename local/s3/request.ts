import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { S3Error } from './errors.ts';

export type Operation = (typeof routes)[number]['operation'];

/** A request, understood. */
export interface S3Request {
  readonly operation: Operation;
  readonly bucketName: string;
  /** '' for an operation on a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Most UTF-8 bytes a key may have, as in S3. */
export const keyBytesMax = 1024;

const listParameters = [
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
];

/** A request is the first of these whose method, target and `with` parameter it has, and it may have the `allows` ones. */
const routes = [
  { operation: 'HeadObject', method: 'HEAD', target: 'object', with: undefined, allows: [] },
  { operation: 'GetObject', method: 'GET', target: 'object', with: undefined, allows: [] },
  { operation: 'PutObject', method: 'PUT', target: 'object', with: undefined, allows: [] },
  { operation: 'DeleteObject', method: 'DELETE', target: 'object', with: undefined, allows: [] },
  { operation: 'DeleteObjects', method: 'POST', target: 'bucket', with: 'delete', allows: [] },
  { operation: 'ListObjectsV2', method: 'GET', target: 'bucket', with: 'list-type', allows: listParameters },
] as const;

/** Headers that would change what a request does, and that nothing here acts on. */
const unsupportedHeaders = [
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'x-amz-copy-source',
  'x-amz-if-match-last-modified-time',
  'x-amz-if-match-size',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-tagging',
  'x-amz-write-offset-bytes',
];

/**
 * Reads a path-style request. The path is taken as sent: `.` and `..` in it are part of the key.
 *
 * @throws {S3Error} `NotImplemented`, naming what is not, `InvalidURI` or `KeyTooLongError`
 */
export function parseRequest({ method = '', url = '/', headers }: IncomingMessage): S3Request {
  const [path = '', search = ''] = splitAt(url, '?');
  const [bucketName = '', key = ''] = splitAt(path.slice(1), '/').map(decode);
  if (Buffer.byteLength(key) > keyBytesMax) throw keyTooLong(key);
  const query = new URLSearchParams(search);
  refuseHeaders(headers);
  return { operation: findOperation(method, bucketName, key, query), bucketName, key, query };
}

function findOperation(method: string, bucketName: string, key: string, query: URLSearchParams): Operation {
  const target = key !== '' ? 'object' : bucketName !== '' ? 'bucket' : 'service';
  const parameters = [...query.keys()].filter((name) => name !== 'x-id' && !/^x-amz-/i.test(name));
  const route = routes.find(
    (candidate) =>
      candidate.method === method &&
      candidate.target === target &&
      (candidate.with === undefined || query.has(candidate.with)) &&
      parameters.every(
        (name) => name === candidate.with || candidate.allows.some((allowed) => allowed === name),
      ),
  );
  if (route !== undefined) return route.operation;
  throw notImplemented(`${query.get('x-id') ?? `${method} of a ${target}`}${listed(parameters)}`);
}

function listed(parameters: readonly string[]): string {
  return parameters.length === 0 ? '' : ` with ${parameters.map((name) => `?${name}`).join(' ')}`;
}

function refuseHeaders(headers: IncomingHttpHeaders): void {
  const header = unsupportedHeaders.find((name) => headers[name] !== undefined);
  if (header !== undefined) throw notImplemented(`The header ${header}`);
}

function splitAt(text: string, separator: string): string[] {
  const index = text.indexOf(separator);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) throw new S3Error('InvalidURI', `${text} is not percent-encoded UTF-8.`);
    throw error;
  }
}

function notImplemented(what: string): S3Error {
  const known = routes.map(({ operation }) => operation).join(', ');
  return new S3Error('NotImplemented', `${what} is not implemented here; there are ${known}.`);
}

function keyTooLong(key: string): S3Error {
  const bytes = Buffer.byteLength(key);
  return new S3Error(
    'KeyTooLongError',
    `A key of ${bytes} bytes is over the ${keyBytesMax} bytes a key may have.`,
  );
}
