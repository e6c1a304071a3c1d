import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { Life } from './life.ts';
import type { ObjectStore, StoredObject } from './store.ts';
import { storeBody } from './store-body.ts';
import type { World } from './world.ts';

const offline = new S3Client({ region: 'us-east-1' });

/** S3 as one invocation sees it. */
export const s3Of = (
  world: World,
  life: Life,
  { store, slowBuckets }: { readonly store: ObjectStore; readonly slowBuckets: readonly string[] },
): S3Client => {
  const { faults } = world;

  const failMaybe = (): void => {
    if (faults.strikes('s3: 500')) throw serviceError(500, 'InternalError');
    if (faults.strikes('s3: 503')) throw serviceError(503, 'SlowDown');
  };

  const find = ({ Bucket, Key, VersionId }: ObjectName): StoredObject => {
    failMaybe();
    const object = store.get(Bucket ?? '', Key ?? '', VersionId);
    if (!object) throw new NoSuchKey({ message: 'gone', $metadata: { httpStatusCode: 404 } });
    return object;
  };

  const head = ({ input }: HeadObjectCommand) => {
    const { bytes, etag } = find(input);
    return { ContentLength: bytes.length, ETag: `"${etag}"` };
  };

  const get = ({ input }: GetObjectCommand) => {
    const { bytes, etag } = find(input);
    if (input.IfMatch && input.IfMatch !== `"${etag}"`) throw serviceError(412, 'PreconditionFailed');
    const { start, end } = rangeOf(input.Range, bytes.length);
    return {
      ETag: `"${etag}"`,
      ContentRange: `bytes ${start}-${end - 1}/${bytes.length}`,
      Body: storeBody(world, life, bytes.subarray(start, end), slowBuckets.includes(input.Bucket ?? '')),
    };
  };

  const put = ({ input }: PutObjectCommand) => {
    const { Bucket = '', Key = '', Body, IfMatch, IfNoneMatch } = input;
    failMaybe();
    const isConditional = IfMatch !== undefined || IfNoneMatch !== undefined;
    if (isConditional && faults.strikes('s3: 409')) throw serviceError(409, 'ConditionalRequestConflict');
    const before = store.get(Bucket, Key);
    if (IfNoneMatch && before) throw serviceError(412, 'PreconditionFailed');
    if (IfMatch && !before) throw serviceError(404, 'NoSuchKey');
    if (IfMatch && IfMatch !== `"${before?.etag}"`) throw serviceError(412, 'PreconditionFailed');
    const { etag, versionId } = store.put(Bucket, Key, bytesOf(Body));
    if (faults.strikes('s3: written, answered 500')) throw serviceError(500, 'InternalError');
    return { ETag: `"${etag}"`, VersionId: versionId };
  };

  const list = ({ input }: ListObjectsV2Command) => {
    failMaybe();
    return { Contents: store.keys(input.Bucket ?? '', input.Prefix ?? '').map((Key) => ({ Key })) };
  };

  const remove = ({ input }: DeleteObjectsCommand) => {
    failMaybe();
    for (const { Key = '' } of input.Delete?.Objects ?? []) store.remove(input.Bucket ?? '', Key);
    return {};
  };

  const send = (command: unknown): Promise<object> => {
    const about = (what: string, { Bucket = '', Key = '' }: ObjectName) => `${what} ${Bucket}/${Key}`;
    if (command instanceof HeadObjectCommand)
      return life.act('read', about('looks at', command.input), () => head(command));
    if (command instanceof GetObjectCommand)
      return life.act('read', `${about('reads', command.input)} ${command.input.Range ?? ''}`, () =>
        get(command),
      );
    if (command instanceof PutObjectCommand)
      return life.act('write', about('writes', command.input), () => put(command));
    if (command instanceof ListObjectsV2Command)
      return life.act('read', `lists ${command.input.Prefix}`, () => list(command));
    if (command instanceof DeleteObjectsCommand)
      return life.act('delete', 'deletes objects', () => remove(command));
    throw new TypeError('The simulated S3 does not know this command.');
  };
  return Object.assign(Object.create(offline) as S3Client, { send });
};

interface ObjectName {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
}

/** The last byte counts in an HTTP range. */
const rangeOf = (header: string | undefined, sizeBytes: number): { start: number; end: number } => {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(header ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = Math.min(to === undefined ? sizeBytes : Number(to) + 1, sizeBytes);
  if (header && start >= sizeBytes) throw serviceError(416, 'InvalidRange');
  return { start, end };
};

const bytesOf = (body: PutObjectCommand['input']['Body']): Buffer => {
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  throw new TypeError('The simulated S3 takes strings and bytes only.');
};

const serviceError = (status: number, name: string): S3ServiceException =>
  new S3ServiceException({
    name,
    message: name,
    $fault: status < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode: status },
  });
