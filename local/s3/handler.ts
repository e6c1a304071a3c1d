import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { discardBody } from './body.ts';
import type { Buckets } from './buckets.ts';
import type { Call } from './call.ts';
import { deleteObject, deleteObjects } from './delete-object.ts';
import { errorXml, S3Error } from './errors.ts';
import { getObject } from './get-object.ts';
import { listObjects } from './list-objects.ts';
import { putObject } from './put-object.ts';
import type { Operation } from './request.ts';
import { parseRequest } from './request.ts';

const operations: Readonly<Record<Operation, (call: Call) => Promise<void>>> = {
  HeadObject: getObject,
  GetObject: getObject,
  PutObject: putObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  ListObjectsV2: listObjects,
};

/** Answers every request, with an error in S3's words if need be; what it returns never rejects. */
export function createHandler(
  buckets: Buckets,
  bodyBytesMax: number,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    response.setHeader('x-amz-request-id', requestId);
    try {
      const { operation, bucketName, key, query } = parseRequest(request);
      const bucket = buckets.find(bucketName);
      await operations[operation]({ bucketName, bucket, key, query, request, response, bodyBytesMax });
    } catch (error) {
      await refuse({ request, response, requestId, bodyBytesMax }, asS3Error(error));
    }
  };
}

interface Refused {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly bodyBytesMax: number;
}

async function refuse(
  { request, response, requestId, bodyBytesMax }: Refused,
  error: S3Error,
): Promise<void> {
  // Half an answer is sent, or nobody is left to read one: what remains is to break off.
  if (response.headersSent || request.socket.destroyed) {
    response.destroy();
    return;
  }
  await discardBody(request, bodyBytesMax).catch(() => response.destroy());
  const hasBody = request.method !== 'HEAD' && error.status !== 304;
  const body = hasBody ? errorXml(error, { resource: request.url ?? '/', requestId }) : '';
  response.writeHead(error.status, {
    ...error.headers,
    ...(hasBody && { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) }),
    // The rest of an unread body cannot be told from a next request.
    ...(!request.readableEnded && { connection: 'close' }),
  });
  response.end(body);
}

function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  return new S3Error('InternalError', error instanceof Error ? error.message : String(error));
}
