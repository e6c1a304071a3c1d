import { S3Client } from '@aws-sdk/client-s3';
import type { Source } from '../lib/plan/chunk.ts';
import { layoutOf } from '../lib/plan/layout.ts';
import type { ByteSource } from '../lib/read/byte-source.ts';
import { headObject, s3Source } from '../lib/read/s3.ts';
import type { Recipe } from '../lib/recipe/schema.ts';
import { fileSource } from './file-source.ts';
import { findFiles } from './find-files.ts';
import { UsageError } from './usage-error.ts';

const S3_URI = /^s3:\/\/([^/]+)\/(.+)$/;

export interface OpenedSource {
  readonly uri: string;
  readonly source: ByteSource;
  readonly compression: Source['compression'];
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
export const openSources = async (
  names: readonly string[],
  recipe: Pick<Recipe, 'format' | 'compression'>,
): Promise<OpenedSources> => {
  const uris = names.filter((name) => name.startsWith('s3://'));
  const files = await findFiles(names.filter((name) => !name.startsWith('s3://')));
  const s3 = uris.length > 0 ? new S3Client({}) : undefined;
  const close = (): void => s3?.destroy();
  try {
    const opened = [
      ...files.map((path) => openFile(path, recipe)),
      ...uris.map((uri) => openObject(s3!, uri, recipe)),
    ];
    return { sources: await Promise.all(opened), close };
  } catch (error) {
    close();
    throw error;
  }
};

const openFile = async (
  path: string,
  recipe: Pick<Recipe, 'format' | 'compression'>,
): Promise<OpenedSource> => {
  const { compression } = layoutOf({ key: path }, recipe);
  return { uri: path, source: await fileSource(path), compression };
};

const openObject = async (
  s3: S3Client,
  uri: string,
  recipe: Pick<Recipe, 'format' | 'compression'>,
): Promise<OpenedSource> => {
  const [, bucket, key] = S3_URI.exec(uri) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new UsageError(`"${uri}" names no object: give s3://BUCKET/KEY.`);
  }
  const { sizeBytes, etag, contentEncoding } = await headObject(s3, { bucket, key });
  const { compression } = layoutOf({ key, contentEncoding }, recipe);
  return { uri, source: s3Source(s3, { bucket, key, etag, sizeBytes }), compression };
};
