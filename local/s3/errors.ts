import { xmlDocument, xmlElement } from './xml.ts';

/** HTTP status per error code, as S3 answers them. */
const statuses = {
  NotModified: 304,
  BadDigest: 400,
  EntityTooLarge: 400,
  IncompleteBody: 400,
  InvalidArgument: 400,
  InvalidDigest: 400,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedTrailerError: 400,
  MalformedXML: 400,
  MetadataTooLarge: 400,
  AccessDenied: 403,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  MethodNotAllowed: 405,
  PreconditionFailed: 412,
  InvalidRange: 416,
  InternalError: 500,
  NotImplemented: 501,
} as const;

export type S3ErrorCode = keyof typeof statuses;

/** A refusal in S3's own words: it becomes the XML answer of a request and is never thrown at a user. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly code: S3ErrorCode;
  readonly status: number;
  /** Sent along with the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: S3ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = statuses[code];
    this.headers = headers;
  }
}

/** The body S3 sends with an error. */
export function errorXml(error: S3Error, context: { resource: string; requestId: string }): string {
  return xmlDocument(
    'Error',
    xmlElement('Code', error.code) +
      xmlElement('Message', error.message) +
      xmlElement('Resource', context.resource) +
      xmlElement('RequestId', context.requestId),
  );
}
