/** Where a listing goes on: behind a key, or behind all keys that start with a common prefix. */
export type Cursor = { readonly key: string } | { readonly commonPrefix: string };

export interface ListPage {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** Absent on the last page. */
  readonly next?: Cursor;
}

export interface ListRequest {
  readonly prefix: string;
  /** Keys with it behind the prefix are rolled up to it; '' rolls up nothing. */
  readonly delimiter: string;
  /** Keys and common prefixes together. */
  readonly entriesMax: number;
  readonly after?: Cursor | undefined;
}

/** One page of a listing. @param keys every key that starts with the prefix, in the order of {@link compareKeys} */
export function listPage(
  keys: readonly string[],
  { prefix, delimiter, entriesMax, after }: ListRequest,
): ListPage {
  const found: string[] = [];
  const commonPrefixes: string[] = [];
  let last = after;
  if (entriesMax === 0) return { keys: found, commonPrefixes };
  for (const key of keys) {
    if (last !== undefined && !isBehind(key, last)) continue;
    if (found.length + commonPrefixes.length === entriesMax)
      return { keys: found, commonPrefixes, next: last! };
    const commonPrefix = commonPrefixOf(key, prefix, delimiter);
    if (commonPrefix === undefined) found.push(key);
    else commonPrefixes.push(commonPrefix);
    last = commonPrefix === undefined ? { key } : { commonPrefix };
  }
  return { keys: found, commonPrefixes };
}

/** S3's order of keys: by UTF-8 bytes, which is not the order of JavaScript's strings. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isBehind(key: string, cursor: Cursor): boolean {
  if ('key' in cursor) return compareKeys(key, cursor.key) > 0;
  return !key.startsWith(cursor.commonPrefix) && compareKeys(key, cursor.commonPrefix) > 0;
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  const index = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return index === -1 ? undefined : key.slice(0, index + delimiter.length);
}
