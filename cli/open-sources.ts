import { S3Client } from '@aws-sdk/client-s3';
import type { DetectOptions } from '../lib/plan/detect.ts';
import { type Layout, layoutOf } from '../lib/plan/layout.ts';
import type { ByteSource } from '../lib/read/byte-source.ts';
import { isStreamCompression } from '../lib/read/decompress.ts';
import { headObject, s3Source } from '../lib/read/s3.ts';
import { canBeSampled } from '../lib/tune/sample.ts';
import { fileSource } from './file-source.ts';
import { findFiles } from './find-files.ts';
import { UsageError } from './usage-error.ts';

const S3_URI = /^s3:\/\/([^/]+)\/(.+)$/;

type LayoutRecipe = DetectOptions['recipe'];

export interface OpenedSource {
  readonly uri: string;
  readonly source: ByteSource;
  readonly layout: Layout;
}

export interface OpenedSources {
  readonly sources: readonly OpenedSource[];
  readonly close: () => void;
}

/**
 * Opens what paths, folders, globs and S3 URIs name; S3 with the credentials and the Region of the environment.
 *
 * @throws {UsageError | ReadError | PlanError}
 */
export const openSources = async (names: readonly string[], recipe: LayoutRecipe): Promise<OpenedSources> => {
  const uris = names.filter((name) => name.startsWith('s3://'));
  const files = await findFiles(names.filter((name) => !name.startsWith('s3://')));
  const s3 = uris.length > 0 ? new S3Client({}) : undefined;
  const close = (): void => s3?.destroy();
  try {
    const opening = [
      ...files.map((path) => openFile(path, recipe)),
      ...uris.map((uri) => openObject(s3!, uri, recipe)),
    ];
    return { sources: await Promise.all(opening), close };
  } catch (error) {
    close();
    throw error;
  }
};

const openFile = async (path: string, recipe: LayoutRecipe): Promise<OpenedSource> =>
  opened(path, await fileSource(path), { key: path, recipe });

const openObject = async (s3: S3Client, uri: string, recipe: LayoutRecipe): Promise<OpenedSource> => {
  const [, bucket, key] = S3_URI.exec(uri) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new UsageError(`"${uri}" names no object: give s3://BUCKET/KEY.`);
  }
  const { sizeBytes, etag, contentEncoding } = await headObject(s3, { bucket, key });
  return opened(uri, s3Source(s3, { bucket, key, etag, sizeBytes }), { key, contentEncoding, recipe });
};

const opened = async (uri: string, source: ByteSource, options: DetectOptions): Promise<OpenedSource> => {
  const layout = await layoutOf(source, options);
  if (canBeSampled(layout)) return { uri, source, layout };
  const { format, compression } = layout;
  throw new UsageError(
    isStreamCompression(compression)
      ? `${uri} is ${format} in ${compression}, which is not imported: drop it as it is, since ${format} compresses inside.`
      : `${uri} is a ${compression} archive. It can be imported, but not sampled: unpack it and name one of its files.`,
  );
};
