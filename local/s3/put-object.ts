import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';

import { objectEncoding, receiveBody } from './body.ts';
import type { ObjectHeaders } from './bucket.ts';
import type { Call } from './call.ts';
import { writesOf } from './call.ts';
import { putCheck } from './conditions.ts';
import { S3Error } from './errors.ts';

const metadataPrefix = 'x-amz-meta-';
/** Names and values of user metadata together, as in S3. */
const metadataBytesMax = 2048;
const keptHeaders = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'expires'];

/** The body goes to a file of its own first; the object changes in one step when all of it is there and right. */
export async function putObject(call: Call): Promise<void> {
  const { key, request, response } = call;
  const writes = writesOf(call);
  const check = putCheck(request.headers);
  const headers = objectHeaders(request.headers);
  const path = writes.uploadPath();
  try {
    const md5 = await receiveBody(call, (content) =>
      pipeline(content, createWriteStream(path, { flags: 'wx' })),
    );
    const etag = `"${md5}"`;
    await writes.put(key, { path, etag, headers }, check);
    response.writeHead(200, { etag, 'content-length': 0 }).end();
  } finally {
    await rm(path, { force: true });
  }
}

function objectHeaders(headers: IncomingHttpHeaders): ObjectHeaders {
  const encoding = objectEncoding(headers['content-encoding']);
  return {
    ...Object.fromEntries(Object.entries(headers).filter(isKept)),
    ...userMetadata(headers),
    ...(encoding !== undefined && { 'content-encoding': encoding }),
  };
}

function isKept(entry: [string, unknown]): entry is [string, string] {
  return keptHeaders.includes(entry[0]) && typeof entry[1] === 'string';
}

function userMetadata(headers: IncomingHttpHeaders): ObjectHeaders {
  const metadata = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(metadataPrefix) ? [[name, String(value)] as const] : [],
  );
  const bytes = metadata.reduce(
    (sum, [name, value]) => sum + name.length - metadataPrefix.length + value.length,
    0,
  );
  if (bytes <= metadataBytesMax) return Object.fromEntries(metadata);
  throw new S3Error(
    'MetadataTooLarge',
    `The user metadata has ${bytes} bytes, over the ${metadataBytesMax} bytes it may have.`,
  );
}
