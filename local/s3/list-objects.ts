import type { Bucket } from './bucket.ts';
import type { Call } from './call.ts';
import { sendXml } from './call.ts';
import { S3Error } from './errors.ts';
import type { Cursor } from './list-page.ts';
import { compareKeys, listPage } from './list-page.ts';
import { s3Namespace, xmlDocument, xmlElement } from './xml.ts';

const entriesMax = 1000;

interface ListQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly entriesMax: number;
  readonly token: string | undefined;
  readonly startAfter: string | undefined;
  /** As asked for: keys percent-encoded, or as they are. */
  readonly encode: (text: string) => string;
  readonly encodingType: string | undefined;
}

export async function listObjects({ bucket, bucketName, query, response }: Call): Promise<void> {
  const asked = parseQuery(query);
  const keys = (await bucket.keys(asked.prefix)).sort(compareKeys);
  const page = listPage(keys, { ...asked, after: cursorOf(asked) });
  const contents: string[] = [];
  for (const key of page.keys) contents.push(...(await contentsXml(bucket, key, asked.encode)));
  const groups = page.commonPrefixes.map(
    (prefix) => `<CommonPrefixes>${xmlElement('Prefix', asked.encode(prefix))}</CommonPrefixes>`,
  );
  const fields = {
    Name: bucketName,
    ...echo(asked),
    KeyCount: contents.length + page.commonPrefixes.length,
    IsTruncated: page.next !== undefined,
    NextContinuationToken: page.next && encodeToken(page.next),
  };
  const body = fieldsXml(fields) + contents.join('') + groups.join('');
  sendXml(response, xmlDocument('ListBucketResult', body, s3Namespace));
}

function parseQuery(query: URLSearchParams): ListQuery {
  const type = query.get('list-type');
  if (type !== '2') throw new S3Error('NotImplemented', `list-type=${type} is not implemented here; use 2.`);
  const encodingType = query.get('encoding-type') ?? undefined;
  if (encodingType !== undefined && encodingType !== 'url') {
    throw new S3Error('InvalidArgument', `encoding-type=${encodingType} is unknown; the only one is url.`);
  }
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    entriesMax: parseMaxKeys(query.get('max-keys')),
    token: query.get('continuation-token') ?? undefined,
    startAfter: query.get('start-after') ?? undefined,
    encode: encodingType === 'url' ? urlEncode : (text) => text,
    encodingType,
  };
}

function parseMaxKeys(text: string | null): number {
  if (text === null) return entriesMax;
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text), entriesMax);
  throw new S3Error('InvalidArgument', `max-keys=${text} is not a number from 0 on.`);
}

function cursorOf({ token, startAfter }: ListQuery): Cursor | undefined {
  if (token !== undefined) return decodeToken(token);
  return startAfter === undefined ? undefined : { key: startAfter };
}

function encodeToken(cursor: Cursor): string {
  return Buffer.from('key' in cursor ? `k${cursor.key}` : `p${cursor.commonPrefix}`).toString('base64url');
}

function decodeToken(token: string): Cursor {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (text.startsWith('k')) return { key: text.slice(1) };
  if (text.startsWith('p')) return { commonPrefix: text.slice(1) };
  throw new S3Error('InvalidArgument', `continuation-token=${token} is none that a listing here gave.`);
}

function echo({ prefix, delimiter, entriesMax: max, token, startAfter, encode, encodingType }: ListQuery) {
  return {
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: max,
    EncodingType: encodingType,
    ContinuationToken: token,
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
  };
}

function fieldsXml(fields: Record<string, string | number | boolean | undefined>): string {
  return Object.entries(fields)
    .map(([name, value]) => (value === undefined ? '' : xmlElement(name, value)))
    .join('');
}

/** Nothing when the object was deleted since its key was listed. */
async function contentsXml(bucket: Bucket, key: string, encode: (text: string) => string): Promise<string[]> {
  const object = await bucket.open(key);
  if (object === undefined) return [];
  await object.file.close();
  const fields = fieldsXml({
    Key: encode(key),
    LastModified: object.modifiedAt.toISOString(),
    ETag: object.etag,
    Size: object.sizeBytes,
    StorageClass: 'STANDARD',
  });
  return [`<Contents>${fields}</Contents>`];
}

/** As S3 does it: a space becomes `+`, a slash stays. */
function urlEncode(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+');
}
