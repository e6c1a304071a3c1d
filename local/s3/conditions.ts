import type { IncomingHttpHeaders } from 'node:http';

import type { WriteCheck } from './bucket.ts';
import { S3Error } from './errors.ts';

/**
 * If-Match and If-None-Match of a GET or HEAD.
 *
 * @throws {S3Error} `PreconditionFailed` (412) or `NotModified` (304)
 */
export function checkRead(headers: IncomingHttpHeaders, etag: string): void {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch !== undefined && !matches(ifMatch, etag)) throw preconditionFailed('If-Match', ifMatch, etag);
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag)) {
    throw new S3Error('NotModified', `The object is still ${etag}.`, { etag });
  }
}

/**
 * The condition of a PutObject: `If-None-Match: *` asks that there is no object, `If-Match: <etag>` that it is unchanged.
 *
 * @throws {S3Error} `NotImplemented` for the forms S3 does not have either
 */
export function putCheck(headers: IncomingHttpHeaders): WriteCheck {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*') {
    throw new S3Error('NotImplemented', `A PUT takes If-None-Match: * only, not ${ifNoneMatch}.`);
  }
  return (current) => {
    if (ifNoneMatch !== undefined && current !== undefined) {
      throw preconditionFailed('If-None-Match', ifNoneMatch, current);
    }
    if (ifMatch !== undefined) checkUnchanged(ifMatch, current);
  };
}

/** The condition of a delete: `*` asks that there is an object, an ETag that it is unchanged. */
export function deleteCheck(ifMatch: string | undefined): WriteCheck {
  return (current) => {
    if (ifMatch === undefined) return;
    if (ifMatch.trim() === '*' && current === undefined) throw preconditionFailed('If-Match', '*', 'absent');
    checkUnchanged(ifMatch, current);
  };
}

function checkUnchanged(ifMatch: string, current: string | undefined): void {
  if (current === undefined) {
    throw new S3Error('NoSuchKey', `If-Match asks for ${ifMatch}, but there is no object under this key.`);
  }
  if (!matches(ifMatch, current)) throw preconditionFailed('If-Match', ifMatch, current);
}

function matches(header: string, etag: string): boolean {
  const wanted = header.split(',').map((item) => item.trim().replace(/^"(.*)"$/, '$1'));
  return wanted.includes('*') || wanted.includes(etag.slice(1, -1));
}

function preconditionFailed(name: string, wanted: string, current: string): S3Error {
  return new S3Error(
    'PreconditionFailed',
    `${name}: ${wanted} does not hold, the object is ${current}; read it again and decide anew.`,
  );
}
