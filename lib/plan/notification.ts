import * as z from 'zod';

const count = z.int().nonnegative();

/** What became of the entries of an archive. */
export const entryCountsSchema = z.object({
  /** Cut into chunks, as far as they could be read. */
  read: count,
  /** Without records, such as folders. */
  skipped: count,
  /** What they hold is not imported. */
  refused: count,
});

/** What is known of an archive at the border between two entries. */
const archiveStateSchema = z.object({
  /** Entries before. */
  entry: count,
  decompressedBytes: count,
  counts: entryCountsSchema,
  /** What was wrong with entries before: how many times, the weightiest code, and the first few messages. */
  problems: z.object({ total: count, code: z.string(), messages: z.array(z.string()) }).optional(),
});

export type EntryCounts = Readonly<z.output<typeof entryCountsSchema>>;
export type ArchiveState = Readonly<z.output<typeof archiveStateSchema>>;

/** An object that was created in the Inbox, as its notification tells. */
export interface CreatedObject {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  readonly versionId?: string | undefined;
  /** Without quotes; absent from a few kinds of event. */
  readonly etag?: string | undefined;
  readonly sequencer?: string | undefined;
  /** Which time this version is imported again; S3 never says so, `fanout replay` does. */
  readonly replay?: number | undefined;
  /** Where an earlier run of the splitter left off; S3 never says so, the splitter does. */
  readonly resume?: Resume | undefined;
}

const offset = z.int().nonnegative();

const resumeSchema = z.object({
  /** Runs before. */
  run: z.int().positive(),
  /** The next one's number. */
  chunk: z.int().nonnegative(),
  /** Where reading begins: between two members of a compressed source. */
  place: z.object({ compressedOffset: offset, decompressedOffset: offset }),
  /** Where the next chunk begins, in the decompressed source. */
  offset,
  /** Of the cutter. */
  state: z.unknown(),
  /** Of an archive, of which another run begins with an entry. */
  archive: archiveStateSchema.optional(),
});

export type Resume = Readonly<z.output<typeof resumeSchema>>;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const KEY_BYTES_MAX = 1_024;

const notificationSchema = z.object({
  Records: z
    .array(
      z.object({
        eventName: z.string(),
        replay: z.int().positive().optional(),
        resume: resumeSchema.optional(),
        s3: z.object({
          bucket: z.object({ name: z.string() }),
          object: z.object({
            key: z.string(),
            size: z.number().optional(),
            versionId: z.string().optional(),
            eTag: z.string().optional(),
            sequencer: z.string().optional(),
          }),
        }),
      }),
    )
    .optional(),
  Event: z.string().optional(),
});

/**
 * The created objects that an S3 notification names. The test event that S3 sends when a notification
 * is configured names none, and so do events other than `ObjectCreated` and the zero-byte markers of folders.
 *
 * @param body the message as it came from the queue
 * @throws {ZodError | SyntaxError} when it is no S3 notification
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export const parseNotification = (body: string): CreatedObject[] => {
  const { Records = [], Event } = notificationSchema.parse(JSON.parse(body));
  if (Records.length === 0 && Event !== 's3:TestEvent') {
    throw new SyntaxError('The message is no S3 notification: it has neither Records nor the test event.');
  }
  return Records.filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(eventName))
    .filter(({ s3: { object } }) => !(decodeKey(object.key).endsWith('/') && !object.size))
    .map(({ replay, resume, s3: { bucket, object } }) => ({
      bucket: bucket.name,
      key: decodeKey(object.key),
      versionId: object.versionId,
      etag: object.eTag,
      sequencer: object.sequencer,
      replay,
      resume,
    }));
};

const decodeKey = (encoded: string): string => {
  const key = decode(encoded);
  const bytes = Buffer.byteLength(key);
  if (bytes <= KEY_BYTES_MAX) return key;
  throw new SyntaxError(
    `The message is no S3 notification: it names a key of ${bytes} bytes, and S3 allows ${KEY_BYTES_MAX}.`,
  );
};

const decode = (encoded: string): string => {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch (cause) {
    throw new SyntaxError('The message is no S3 notification: a key in it is not percent-encoded UTF-8.', {
      cause,
    });
  }
};
