import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

import { decodeAwsChunked } from './aws-chunked.ts';
import { createBodyDigests } from './checksums.ts';
import { S3Error } from './errors.ts';

export interface BodyRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly bodyBytesMax: number;
}

/**
 * Streams a request's body, decoded, through `write`, and checks its length and checksums.
 *
 * @returns the body's MD5, in hexadecimal
 * @throws {S3Error} `EntityTooLarge`, `IncompleteBody`, `BadDigest` or what {@link createBodyDigests} throws
 */
export async function receiveBody(
  { request, response, bodyBytesMax }: BodyRequest,
  write: (content: AsyncIterable<Uint8Array>) => Promise<unknown>,
): Promise<string> {
  const saidBytes = saidLength(request.headers);
  if (saidBytes !== undefined && saidBytes > bodyBytesMax) throw tooLarge(saidBytes, bodyBytesMax);
  const digests = createBodyDigests(request.headers);
  const trailers = new Map<string, string>();
  let sizeBytes = 0;

  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of content(request, trailers)) {
      sizeBytes += chunk.length;
      if (sizeBytes > bodyBytesMax) throw tooLarge(sizeBytes, bodyBytesMax);
      digests.update(chunk);
      yield chunk;
    }
  }

  if (expectsContinue(request)) response.writeContinue();
  await write(measured());
  if (saidBytes !== undefined && saidBytes !== sizeBytes) throw incomplete(saidBytes, sizeBytes);
  return digests.verify(trailers);
}

/** Reads on to the end of a refused body, so that its sender can read the refusal; at most `bytesMax` more. */
export async function discardBody(request: IncomingMessage, bytesMax: number): Promise<void> {
  // A sender that waits for "100 Continue" has sent nothing yet.
  if (request.readableEnded || (expectsContinue(request) && !request.readableDidRead)) return;
  let restBytes = bytesMax;
  for await (const chunk of pieces(request)) {
    restBytes -= chunk.length;
    if (restBytes < 0) return;
  }
}

/** Without the `aws-chunked` that is no encoding of the object itself. */
export function objectEncoding(contentEncoding: string | undefined): string | undefined {
  const encodings = (contentEncoding ?? '').split(',').map((encoding) => encoding.trim());
  return (
    encodings.filter((encoding) => encoding !== '' && encoding !== 'aws-chunked').join(', ') || undefined
  );
}

function content(request: IncomingMessage, trailers: Map<string, string>): AsyncIterable<Uint8Array> {
  return isAwsChunked(request.headers) ? decodeAwsChunked(pieces(request), trailers) : pieces(request);
}

/** The body as it comes; leaving it early keeps the connection open for the answer. */
function pieces(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false });
}

function isAwsChunked(headers: IncomingHttpHeaders): boolean {
  return (
    String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-') ||
    /(^|[\s,])aws-chunked([\s,]|$)/.test(headers['content-encoding'] ?? '')
  );
}

function saidLength(headers: IncomingHttpHeaders): number | undefined {
  const said = isAwsChunked(headers) ? headers['x-amz-decoded-content-length'] : headers['content-length'];
  if (said === undefined) return undefined;
  if (/^\d{1,15}$/.test(String(said))) return Number(said);
  throw new S3Error('InvalidArgument', `A body length of ${said} is not a number of bytes.`);
}

function expectsContinue(request: IncomingMessage): boolean {
  return /^100-continue$/i.test(request.headers.expect ?? '');
}

function tooLarge(sizeBytes: number, bytesMax: number): S3Error {
  return new S3Error(
    'EntityTooLarge',
    `A body of ${sizeBytes} bytes or more is over the ${bytesMax} bytes of one request; store less in one object.`,
  );
}

function incomplete(saidBytes: number, sizeBytes: number): S3Error {
  return new S3Error('IncompleteBody', `The body has ${sizeBytes} bytes, and its header says ${saidBytes}.`);
}
