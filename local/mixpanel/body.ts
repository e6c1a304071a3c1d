import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export type Body =
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly compressedBytes: number }
  | { readonly kind: 'too-large'; readonly compressedBytes: number }
  | { readonly kind: 'undecodable'; readonly reason: string; readonly compressedBytes: number };

/** gzip can make bytes that do not compress a little larger; header, trailer and block marks fit in this. */
const gzipOverheadBytesMax = 64 * 1024;

const inflate = promisify(gunzip);

/**
 * Reads a request body and undoes its Content-Encoding. Neither the bytes received nor the bytes
 * inflated are held past the limit.
 *
 * @param bodyBytesMax uncompressed
 * @throws when the client goes away before the body ends
 */
export async function readBody(request: IncomingMessage, bodyBytesMax: number): Promise<Body> {
  const received = await receive(request, bodyBytesMax + gzipOverheadBytesMax);
  const compressedBytes = received.bytesSeen;
  if (received.chunks === undefined) return { kind: 'too-large', compressedBytes };
  const bytes = Buffer.concat(received.chunks);
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'gzip') return inflateBounded(bytes, bodyBytesMax);
  if (encoding !== 'identity') {
    const reason = `Content-Encoding "${encoding}" is not supported; send gzip or none`;
    return { kind: 'undecodable', reason, compressedBytes };
  }
  if (bytes.length > bodyBytesMax) return { kind: 'too-large', compressedBytes };
  return { kind: 'bytes', bytes, compressedBytes };
}

interface Received {
  /** Absent when the body passed the limit; the rest is then read and dropped. */
  readonly chunks: Buffer[] | undefined;
  readonly bytesSeen: number;
}

function receive(request: IncomingMessage, bytesMax: number): Promise<Received> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] | undefined = [];
    let bytesSeen = 0;
    request.on('data', (chunk: Buffer) => {
      bytesSeen += chunk.length;
      if (bytesSeen > bytesMax) chunks = undefined;
      chunks?.push(chunk);
    });
    request.on('end', () => resolve({ chunks, bytesSeen }));
    request.on('error', reject);
    request.on('close', () => reject(new Error('The client closed the connection before its body ended.')));
  });
}

async function inflateBounded(compressed: Buffer, bodyBytesMax: number): Promise<Body> {
  const compressedBytes = compressed.length;
  try {
    const bytes = await inflate(compressed, { maxOutputLength: bodyBytesMax });
    return { kind: 'bytes', bytes, compressedBytes };
  } catch (error) {
    if (hasCode(error, 'ERR_BUFFER_TOO_LARGE')) return { kind: 'too-large', compressedBytes };
    return { kind: 'undecodable', reason: 'the body is not valid gzip', compressedBytes };
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
