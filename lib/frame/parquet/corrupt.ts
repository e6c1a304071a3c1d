import { isFanoutError } from '../../errors.ts';
import { ReadError } from '../../read/read-error.ts';

/** A Parquet file that contradicts itself; `seen` says where and how, without values of records. */
export const corrupt = (seen: string, cause?: unknown): ReadError =>
  new ReadError(
    'SOURCE_CORRUPT',
    `The Parquet file is broken: ${seen}. Rows before it are imported. Drop an intact file to import the rest.`,
    { cause },
  );

/**
 * Runs `decode`; whatever it throws that is no failure of ours is what hyparquet makes of broken bytes.
 *
 * @throws {ReadError} `SOURCE_CORRUPT`
 */
export const decoding = <Result>(where: string, decode: () => Result): Result => {
  try {
    return decode();
  } catch (error) {
    if (isFanoutError(error)) throw error;
    throw corrupt(`${where}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
};
