import { gzipSync } from 'node:zlib';

/** A file to drop into the Inbox, and what must come of it. */
export interface SourceFile {
  readonly key: string;
  readonly body: Buffer;
  /** `$insert_id` of every record that Mixpanel must have in the end. */
  readonly insertIds: readonly string[];
  readonly rejected: number;
  readonly chunksMin: number;
}

/** Small enough that a file of 300 KB makes dozens of chunks. */
export const CHUNK_BYTES = 8_192;

export const sourceFiles = (): SourceFile[] => [
  plain('2026/events.jsonl', 'plain', 2_400),
  { ...plain('2026/events.jsonl.gz', 'gzip', 1_200), body: gzipSync(lines(idsOf('gzip', 1_200))) },
  plain('señor Müller/a b+c & 100%41 ☃.jsonl', 'key', 300),
  withBrokenLine('2026/one-broken-line.jsonl', 'broken', 200),
];

const plain = (key: string, prefix: string, count: number): SourceFile => {
  const insertIds = idsOf(prefix, count);
  const text = lines(insertIds);
  return {
    key,
    body: Buffer.from(text),
    insertIds,
    rejected: 0,
    chunksMin: Math.floor(text.length / CHUNK_BYTES),
  };
};

const withBrokenLine = (key: string, prefix: string, count: number): SourceFile => {
  const file = plain(key, prefix, count);
  return { ...file, body: Buffer.concat([Buffer.from('{"event": "broken"\n'), file.body]), rejected: 1 };
};

const idsOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

const lines = (insertIds: readonly string[]): string => insertIds.map(line).join('');

const line = (insertId: string, index: number): string =>
  `${JSON.stringify({
    event: 'Page viewed',
    properties: {
      time: 1_760_000_000 + index,
      distinct_id: `user-${index % 50}`,
      $insert_id: insertId,
      path: `/products/${index}`,
    },
  })}\n`;
