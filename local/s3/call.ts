import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Bucket, BucketWrites, OpenObject } from './bucket.ts';
import { S3Error } from './errors.ts';

/** What an operation gets to do its work. It ends `response`, or throws. */
export interface Call {
  readonly bucketName: string;
  readonly bucket: Bucket;
  /** '' for an operation on a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Most bytes a body may have, decoded. */
  readonly bodyBytesMax: number;
}

/** @throws {S3Error} `NoSuchKey` */
export async function openObject({ bucket, bucketName, key }: Call): Promise<OpenObject> {
  const object = await bucket.open(key);
  if (object === undefined)
    throw new S3Error('NoSuchKey', `There is no object ${key} in bucket ${bucketName}.`);
  return object;
}

/** @throws {S3Error} `MethodNotAllowed` when the bucket serves files and takes none */
export function writesOf({ bucket, bucketName }: Call): BucketWrites {
  if (bucket.writes !== undefined) return bucket.writes;
  throw new S3Error('MethodNotAllowed', `Bucket ${bucketName} serves local files and cannot be written.`);
}

export function sendXml(response: ServerResponse, xml: string): void {
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) });
  response.end(xml);
}
