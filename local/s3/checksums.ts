import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';

import { S3Error } from './errors.ts';

/** Digests of a body, fed while it streams by. */
export interface BodyDigests {
  update(chunk: Uint8Array): void;
  /**
   * Closes the digests and compares them with what the sender says.
   *
   * @returns the MD5, in hexadecimal
   * @throws {S3Error} `BadDigest` when they differ, `MalformedTrailerError` when a promised trailer is missing
   */
  verify(trailers: ReadonlyMap<string, string>): string;
}

interface Digest {
  update(chunk: Uint8Array): void;
  finish(): Buffer;
}

const prefix = 'x-amz-checksum-';
const supported: Readonly<Record<string, () => Digest>> = {
  crc32: crc32Digest,
  sha1: () => hashDigest('sha1'),
  sha256: () => hashDigest('sha256'),
};
/** Headers that share the prefix and are no checksum. */
const settings = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type']);

/**
 * Content-MD5 and `x-amz-checksum-*`, which come as a header or, named by `x-amz-trailer`, after the body.
 *
 * @throws {S3Error} `NotImplemented` for a checksum that cannot be checked here
 */
export function createBodyDigests(headers: IncomingHttpHeaders): BodyDigests {
  const md5 = hashDigest('md5');
  const checksums = checksumNames(headers).map((name) => ({ name, digest: checksumDigest(name) }));
  return {
    update: (chunk) => {
      md5.update(chunk);
      for (const { digest } of checksums) digest.update(chunk);
    },
    verify: (trailers) => {
      for (const { name, digest } of checksums) {
        compare(name, headers[name] ?? trailers.get(name), digest.finish());
      }
      const md5Sum = md5.finish();
      if (headers['content-md5'] !== undefined) compare('content-md5', headers['content-md5'], md5Sum);
      return md5Sum.toString('hex');
    },
  };
}

function checksumNames(headers: IncomingHttpHeaders): string[] {
  const trailers = String(headers['x-amz-trailer'] ?? '').split(',');
  const names = [...Object.keys(headers), ...trailers.map((name) => name.trim().toLowerCase())];
  return [...new Set(names)].filter((name) => name.startsWith(prefix) && !settings.has(name));
}

function checksumDigest(name: string): Digest {
  const create = supported[name.slice(prefix.length)];
  if (create !== undefined) return create();
  throw new S3Error(
    'NotImplemented',
    `The checksum ${name} is not checked here; use one of ${Object.keys(supported).join(', ')}.`,
  );
}

function compare(name: string, said: string | string[] | undefined, actual: Buffer): void {
  if (said === undefined) {
    throw new S3Error('MalformedTrailerError', `The trailer ${name} was promised and did not come.`);
  }
  if (said !== actual.toString('base64')) {
    throw new S3Error('BadDigest', `${name} says ${said}, but the body has ${actual.toString('base64')}.`);
  }
}

function hashDigest(algorithm: 'md5' | 'sha1' | 'sha256'): Digest {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), finish: () => hash.digest() };
}

function crc32Digest(): Digest {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    finish: () => {
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(value);
      return sum;
    },
  };
}
