import { ReadError } from '../../read/read-error.ts';

/** An Avro file that contradicts itself; `seen` says where and how, without values of records. */
export const corrupt = (seen: string, cause?: unknown): ReadError =>
  new ReadError(
    'SOURCE_CORRUPT',
    `The Avro file is broken: ${seen}. Records before it are imported. Drop an intact file to import the rest.`,
    { cause },
  );

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
