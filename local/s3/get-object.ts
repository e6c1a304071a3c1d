import type { OutgoingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';

import type { OpenObject } from './bucket.ts';
import { fileVersion } from './bucket.ts';
import type { Call } from './call.ts';
import { openObject } from './call.ts';
import { checkRead } from './conditions.ts';
import type { ByteRange } from './range.ts';
import { contentRange, parseRange } from './range.ts';

/** Read ahead of a slow client: this much, and what the socket holds. */
const readBytes = 256 * 1024;

/** GetObject, and HeadObject, which is the same without the content. */
export async function getObject(call: Call): Promise<void> {
  const { request, response } = call;
  const object = await openObject(call);
  try {
    checkRead(request.headers, object.etag);
    const range = parseRange(request.headers.range, object.sizeBytes);
    const sent = range ?? { start: 0, end: object.sizeBytes };
    response.writeHead(range === undefined ? 200 : 206, headersOf(object, range));
    if (request.method === 'HEAD' || sent.start === sent.end) response.end();
    else await pipeline(contentOf(object, sent), response);
  } finally {
    await object.file.close();
  }
}

function headersOf(object: OpenObject, range: ByteRange | undefined): OutgoingHttpHeaders {
  const sizeBytes = range === undefined ? object.sizeBytes : range.end - range.start;
  return {
    'content-type': 'binary/octet-stream',
    ...object.headers,
    'accept-ranges': 'bytes',
    'content-length': sizeBytes,
    ...(range && { 'content-range': contentRange(range, object.sizeBytes) }),
    etag: object.etag,
    'last-modified': object.modifiedAt.toUTCString(),
  };
}

/** The bytes of one version: when the file changes on the way, the answer breaks off before its last bytes. */
async function* contentOf(object: OpenObject, range: ByteRange): AsyncGenerator<Uint8Array> {
  const { file, version } = object;
  let restBytes = range.end - range.start;
  const stream = file.createReadStream({
    start: range.start,
    end: range.end - 1,
    autoClose: false,
    highWaterMark: readBytes,
  });
  for await (const chunk of stream) {
    restBytes -= chunk.length;
    if (restBytes === 0) await refuseChanged();
    yield chunk;
  }
  if (restBytes > 0)
    throw new Error(`The file became shorter while it was read: ${restBytes} bytes are missing.`);

  async function refuseChanged(): Promise<void> {
    const now = fileVersion(await file.stat({ bigint: true }));
    if (now !== version) throw new Error(`The file changed while it was read: from ${version} to ${now}.`);
  }
}
