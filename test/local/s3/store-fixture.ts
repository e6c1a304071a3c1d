import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';

import type { ObjectStore, ObjectStoreOptions } from '../../../local/s3/server.ts';
import { startObjectStore } from '../../../local/s3/server.ts';

/** Gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'object-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A client as a function would make it: default checksum settings, nothing but an endpoint. Retries are off, so that each error shows. */
export function clientOf(url: string, config: Pick<S3ClientConfig, 'requestHandler'> = {}): S3Client {
  const client = new S3Client({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...config,
  });
  onTestFinished(() => client.destroy());
  return client;
}

/** A store, with the folder bucket `work` unless the options say otherwise, closed when the test is over. */
export async function startStore(
  options?: ObjectStoreOptions,
): Promise<{ store: ObjectStore; client: S3Client; folder: string }> {
  const folder = await temporaryFolder();
  const store = await startObjectStore({ folders: [{ bucket: 'work', folder }], ...options });
  onTestFinished(() => store.close());
  return { store, client: clientOf(store.url), folder };
}

/** What a rejected request says. */
export async function refusal(
  request: Promise<unknown>,
): Promise<{ name: string; status: number; message: string }> {
  const error: unknown = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('The request was not refused.');
  const metadata = '$metadata' in error ? (error.$metadata as { httpStatusCode?: number }) : {};
  return { name: error.name, status: metadata.httpStatusCode ?? 0, message: error.message };
}
