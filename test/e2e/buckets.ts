import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** Of a report, what is checked here. */
export interface FoundReport {
  readonly importId: string;
  readonly source: { readonly uri: string };
  readonly state: string;
  readonly chunks: { readonly total: number | null; readonly done: number; readonly failed: number };
  readonly records: Readonly<Record<'read' | 'imported' | 'rejected' | 'filtered', number>>;
}

/** Every report in the Work bucket; fewer than 1,000. */
export const readReports = async (s3: S3Client, Bucket: string): Promise<FoundReport[]> => {
  const keys = await listKeys(s3, Bucket, 'reports/');
  return Promise.all(
    keys.map(async (Key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return JSON.parse(await Body!.transformToString());
    }),
  );
};

/** Keys under a prefix, the first 1,000. */
export const listKeys = async (s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return Contents.map(({ Key }) => Key!);
};

/** Deletes every version of every object, page by page. */
export const emptyBucket = async (s3: S3Client, Bucket: string): Promise<void> => {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return;
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
};
