import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

import type { BucketFolder, Buckets, ServedFile } from './buckets.ts';
import { createBuckets } from './buckets.ts';
import { createHandler } from './handler.ts';

const MiB = 1024 * 1024;
const bodyBytesMaxDefault = 64 * MiB;
/** Longer than clients keep an idle connection, so that none sends into one that is being closed. */
const keepAliveTimeoutMs = 75_000;
/** A client that neither reads nor sends for so long is gone; its files are closed. */
const idleTimeoutMs = 300_000;

export interface ObjectStoreOptions {
  readonly folders?: readonly BucketFolder[];
  readonly files?: readonly ServedFile[];
  /** Default 0: any free port. */
  readonly port?: number;
  /** Most bytes one PutObject may bring. Default 64 MiB. */
  readonly bodyBytesMax?: number;
}

/** A small S3 endpoint on 127.0.0.1, path-style, without authentication. */
export interface ObjectStore {
  /** The endpoint, `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Serves a local file in place, read-only. The same bucket and key again replaces it. */
  serveFile(file: ServedFile): void;
  /** Adds a bucket that keeps its objects in a folder, which is made when it is not there. */
  addBucket(added: BucketFolder): Promise<void>;
  /** Breaks off every connection and resolves when all files are closed. */
  close(): Promise<void>;
}

/**
 * Starts an object store that behaves as S3 does for HeadObject, GetObject (ranges, If-Match, If-None-Match),
 * PutObject (conditional), DeleteObject, DeleteObjects and ListObjectsV2; anything else is `NotImplemented`.
 * Contents stream between disk and socket at the slower one's pace, whatever their size.
 *
 * @throws {ObjectStoreError} when a bucket, a key or a folder cannot be
 */
export async function startObjectStore(options: ObjectStoreOptions = {}): Promise<ObjectStore> {
  const { folders = [], files = [], port = 0, bodyBytesMax = bodyBytesMaxDefault } = options;
  const buckets = createBuckets();
  for (const folder of folders) await buckets.addFolder(folder);
  for (const file of files) buckets.serveFile(file);
  const { url, close } = await listen(buckets, { port, bodyBytesMax });
  return { url, close, serveFile: buckets.serveFile, addBucket: buckets.addFolder };
}

async function listen(
  buckets: Buckets,
  { port, bodyBytesMax }: { port: number; bodyBytesMax: number },
): Promise<Pick<ObjectStore, 'url' | 'close'>> {
  const handle = createHandler(buckets, bodyBytesMax);
  const running = new Set<Promise<void>>();
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const work = handle(request, response).finally(() => running.delete(work));
    running.add(work);
  };
  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, serve);
  // Answered by the operation itself, which may refuse before the body is sent.
  server.on('checkContinue', serve);
  server.setTimeout(idleTimeoutMs);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { url: urlOf(server), close: () => closeAll(server, running) };
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError(`No TCP address: ${address}`);
  return `http://127.0.0.1:${address.port}`;
}

async function closeAll(server: Server, running: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = server.listening ? once(server, 'close') : undefined;
  server.close();
  server.closeAllConnections();
  await closed;
  await Promise.all(running);
}
