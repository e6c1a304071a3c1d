/** An answer before it is written. */
export interface Reply {
  readonly status: number;
  readonly contentType: 'application/json' | 'text/plain' | 'text/html';
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

/** Why one event of a batch was refused; `index` counts from 0 in the request. */
export interface FailedRecord {
  readonly index: number;
  readonly insert_id: string;
  readonly field: string;
  readonly message: string;
}

const rateLimited = 'Project exceeded rate limits. Please retry the request with exponential backoff.';

export function importedReply(eventsImported: number): Reply {
  return json(200, { code: 200, num_records_imported: eventsImported, status: 'OK' });
}

/** Identity verbs are listed as plain strings, everything else as records. */
export function failedRecordsReply(
  eventsImported: number,
  failedRecords: readonly (FailedRecord | string)[],
): Reply {
  return json(400, {
    code: 400,
    error: 'some data points in the request failed validation',
    num_records_imported: eventsImported,
    status: 'Bad Request',
    failed_records: failedRecords,
  });
}

/** The whole request is refused. The documentation gives no shape for this one. */
export function badRequestReply(error: string): Reply {
  return json(400, { code: 400, error, status: 'Bad Request' });
}

export function unauthorizedReply(): Reply {
  return json(401, { code: 401, error: 'Invalid credentials', status: 'Unauthorized' });
}

/** The documented example says 2097152, a number its own prose contradicts; the limit in force is named. */
export function tooLargeReply(bodyBytesMax: number): Reply {
  return json(413, {
    code: 413,
    error: `request exceeds max limit of ${bodyBytesMax} bytes`,
    status: 'Request Entity Too Large',
  });
}

export function tooManyRequestsReply(): Reply {
  return json(429, { code: 429, error: rateLimited, status: 'Too Many Requests' });
}

/** Without `strict=1` a success is the text `1`, or with `verbose=1` a small object. */
export function lenientSuccessReply(verbose: boolean): Reply {
  if (verbose) return json(200, { status: 1, error: null });
  return { status: 200, contentType: 'text/plain', body: '1' };
}

export function lenientTooManyRequestsReply(): Reply {
  return json(429, { error: rateLimited, status: 0 });
}

export function serverErrorReply(code: number, error: string): Reply {
  return json(code, { code, error, status: error });
}

export function notFoundReply(error: string): Reply {
  return json(404, { code: 404, error, status: 'Not Found' });
}

export function htmlReply(status: number, title: string): Reply {
  const body = `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, contentType: 'text/html', body };
}

export function json(status: number, value: unknown): Reply {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}
