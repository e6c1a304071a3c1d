/** A notification as S3 sends it to a queue, with the key encoded its way: UTF-8 percent escapes, `+` for a space. */
export const createdNotification = (object: {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly sequencer: string;
  readonly sizeBytes: number;
}): string =>
  JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: new Date().toISOString(),
        eventName: 'ObjectCreated:Put',
        s3: {
          s3SchemaVersion: '1.0',
          bucket: { name: object.bucket, arn: `arn:aws:s3:::${object.bucket}` },
          object: {
            key: encodeURIComponent(object.key).replaceAll('%20', '+').replaceAll('%2F', '/'),
            size: object.sizeBytes,
            eTag: object.etag,
            sequencer: object.sequencer,
          },
        },
      },
    ],
  });
