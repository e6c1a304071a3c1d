import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { ByteRange, ByteSource } from './byte-source.ts';
import { ReadError } from './read-error.ts';

/** Which object, and which version of it: reads never mix two versions. */
export interface PinnedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly etag: string;
  readonly sizeBytes: number;
}

export interface ObjectHead {
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly contentEncoding?: string | undefined;
}

/** Breaks of one read that are mended by reading on from where it broke. */
const RESUMES_MAX = 5;

/** @throws {ReadError} */
export const headObject = async (
  s3: S3Client,
  { bucket, key, versionId }: Pick<PinnedObject, 'bucket' | 'key' | 'versionId'>,
): Promise<ObjectHead> => {
  const head = await s3
    .send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }))
    .catch((error: unknown) => {
      throw readError(error, `s3://${bucket}/${key}`);
    });
  return {
    sizeBytes: head.ContentLength ?? 0,
    etag: unquoted(head.ETag ?? ''),
    contentEncoding: head.ContentEncoding,
  };
};

/** An S3 object as a source: streams one ranged GET, and reads on where a connection breaks. */
export const s3Source = (s3: S3Client, object: PinnedObject): ByteSource => ({
  sizeBytes: object.sizeBytes,
  givesAway: true,
  async *read(range) {
    let { start } = range;
    for (let resumes = 0; start < range.end; resumes++) {
      try {
        for await (const piece of await openRange(s3, object, { start, end: range.end })) {
          start += piece.length;
          yield piece;
        }
        if (start < range.end) throw new Error(`the body ended ${range.end - start} bytes early`);
      } catch (error) {
        const failure = readError(error, `s3://${object.bucket}/${object.key}`);
        if (!failure.retryable || resumes === RESUMES_MAX) throw failure;
      }
    }
  },
});

const openRange = async (
  s3: S3Client,
  { bucket, key, versionId, etag, sizeBytes }: PinnedObject,
  range: ByteRange,
): Promise<AsyncIterable<Uint8Array>> => {
  const { Body, ContentRange } = await s3.send(
    new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      VersionId: versionId,
      IfMatch: `"${etag}"`,
      Range: `bytes=${inclusive(range)}`,
    }),
  );
  const body = Body as Readable;
  const expected = `bytes ${inclusive(range)}/${sizeBytes}`;
  if (ContentRange !== expected) {
    // undici tells whoever cuts a body off, too.
    body.on('error', () => undefined).destroy();
    throw new Error(`asked for "${expected}", was given "${ContentRange ?? 'the whole object'}"`);
  }
  return body;
};

/** HTTP counts the last byte in (RFC 9110 §14.1.2). */
const inclusive = ({ start, end }: ByteRange): string => `${start}-${end - 1}`;

const unquoted = (etag: string): string => etag.replaceAll('"', '');

const readError = (error: unknown, uri: string): ReadError => {
  if (error instanceof ReadError) return error;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const cause = { cause: error };
  if (status === 404) return new ReadError('SOURCE_VANISHED', `${uri} is not there any more.`, cause);
  if (status === 412 || status === 416) {
    return new ReadError(
      'SOURCE_CHANGED',
      `${uri} was replaced while it was being imported; the new version is an import of its own.`,
      cause,
    );
  }
  if (status === 403) {
    return new ReadError(
      'SOURCE_FORBIDDEN',
      `${uri} may not be read: check the bucket policy and the key policy of its encryption.`,
      cause,
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ReadError('SOURCE_UNAVAILABLE', `${uri} cannot be read now: ${reason}`, cause);
};
