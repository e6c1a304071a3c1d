import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ListObjectVersionsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { reportKey } from '../lib/ledger/store.ts';
import { importIdOf } from '../lib/plan/import-id.ts';
import {
  REPLAYS_MAX,
  replayNotification,
  type VersionToReplay,
  versionOfImport,
} from '../lib/plan/replay.ts';
import { sendMessages } from '../lib/queue/send-messages.ts';
import type { Deployment } from './deployment-parts.ts';
import { writeRejectedFiles } from './rejected-files.ts';
import type { ReplayRequest } from './replay.ts';
import { foundText, noneLeft } from './replay-text.ts';
import { UsageError } from './usage-error.ts';
import type { WorkFiles } from './work-files.ts';

const REPLAY_VERSION = 1;
/** Versions of one key that are looked through. */
const VERSIONS_MAX = 10_000;

interface Replayed {
  /** Absent where the bucket keeps no versions: the id then depends on the notification. */
  readonly importId?: string;
  readonly uri: string;
}

/** Has a deployed importer import again. @returns the exit code: 0, what becomes of it is told by its own report */
export const replayDeployed = async (request: ReplayRequest): Promise<number> => {
  const replayed = request.what === 'source' ? [await replaySource(request)] : await replayRejects(request);
  if (request.flags.json) {
    process.stdout.write(`${JSON.stringify({ version: REPLAY_VERSION, imports: replayed }, null, 2)}\n`);
    return 0;
  }
  for (const { importId, uri } of replayed) {
    say(`${uri} is imported again.`);
    say(`→ fanout status ${importId === undefined ? '' : `${importId} `}--watch`);
  }
  return 0;
};

const replaySource = async ({ importer, report }: ReplayRequest): Promise<Replayed> => {
  const { s3, sqs, parts } = stackOf(importer.deployment);
  const { uri } = report.source;
  const version = versionOfImport(report.importId, await versionsOf(s3, uri));
  if (!version) {
    throw new UsageError(
      `The version of ${uri} that ${report.importId} has read is not there any more: drop the file again.`,
    );
  }
  const replay = await nextReplay(importer.work, version);
  await sendMessages({ sqs, queueUrl: parts.queues.intake.url }, [replayNotification(version, replay)]);
  return { importId: importIdOf({ ...version, replay }), uri };
};

const S3_URI = /^s3:\/\/([^/]+)\/(.+)$/s;

/** The versions of an object, the newest first. */
const versionsOf = async (s3: S3Client, uri: string): Promise<VersionToReplay[]> => {
  const [, bucket = '', key = ''] = S3_URI.exec(uri) ?? [];
  const versions: VersionToReplay[] = [];
  let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  do {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key, ...next }));
    for (const { Key, VersionId, ETag = '', Size = 0 } of page.Versions ?? []) {
      // A key comes before the longer ones that begin with it.
      if (Key !== key) return versions;
      const etag = ETag.replaceAll('"', '');
      versions.push({ bucket, key, versionId: VersionId ?? 'null', etag, sizeBytes: Size });
    }
    next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  } while (next.KeyMarker !== undefined && versions.length < VERSIONS_MAX);
  return versions;
};

/** The first number of which there is no report. Asked twice before there is one, it is the same import twice. */
const nextReplay = async (work: WorkFiles, version: VersionToReplay): Promise<number> => {
  for (let replay = 1; replay <= REPLAYS_MAX; replay++) {
    if (!(await work.read(reportKey(importIdOf({ ...version, replay }))))) return replay;
  }
  throw new UsageError(
    `${version.key} was imported again ${REPLAYS_MAX} times already, the most there may be: drop the file again.`,
  );
};

const replayRejects = async ({ importer, report, flags }: ReplayRequest): Promise<Replayed[]> => {
  const { s3, parts } = stackOf(importer.deployment);
  const folder = await mkdtemp(join(tmpdir(), 'fanout-replay-'));
  try {
    const files = await writeRejectedFiles(importer.work, report, folder);
    if (files.records === 0) throw noneLeft(report, files);
    if (!flags.json) say(foundText(report, files));
    const replayed: Replayed[] = [];
    for (const path of files.paths) replayed.push(await dropFile(s3, parts.inboxBucket, { folder, path }));
    return replayed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const dropFile = async (
  s3: S3Client,
  bucket: string,
  { folder, path }: { readonly folder: string; readonly path: string },
): Promise<Replayed> => {
  const key = relative(folder, path);
  const { size } = await stat(path);
  const { VersionId, ETag = '' } = await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: createReadStream(path), ContentLength: size }),
  );
  const uri = `s3://${bucket}/${key}`;
  if (VersionId === undefined) return { uri };
  return { importId: importIdOf({ bucket, key, versionId: VersionId, etag: ETag.replaceAll('"', '') }), uri };
};

/** Without `--bucket` an importer that is not a folder is a stack. */
const stackOf = (deployment: Deployment | undefined): Required<Deployment> => {
  const { parts, ...clients } = deployment!;
  return { ...clients, parts: parts! };
};

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
