import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../lib/send/verdict.ts';
import { failed, html, read } from './answers.ts';

describe('readResponse: 200', () => {
  it.each<[string, unknown]>([
    ['the number of records sent', { code: 200, num_records_imported: 25, status: 'OK' }],
    ['OK without a number', { code: 200, status: 'OK' }],
    ['the verbose form', { status: 1, error: null }],
    ['status true', { status: true }],
    ['status "1"', { status: '1' }],
    ['status "ok" in lower case', { status: 'ok' }],
    ['a plain 1', '1'],
    ['a plain 1 with a newline and a byte order mark', '\ufeff1\n'],
    ['an empty list of failures', { num_records_imported: 25, failed_records: [] }],
  ])('takes %s as all imported', (_, body) => {
    expect(read(200, body)).toEqual({ kind: 'accepted', imported: 25, rejected: [] });
  });

  it.each<[string, unknown]>([
    ['fewer records', { code: 200, num_records_imported: 24, status: 'OK' }],
    ['more records', { code: 200, num_records_imported: 26, status: 'OK' }],
    ['no records', { code: 200, num_records_imported: 0, status: 'OK' }],
    ['a number that is a string', { code: 200, num_records_imported: '25', status: 'OK' }],
    ['a number that is none', { code: 200, num_records_imported: {}, status: 'OK' }],
    ['nothing', ''],
    ['HTML', html('Welcome')],
    ['cut off JSON', '{"code":200,"num_rec'],
    ['an empty object', {}],
    ['an array', '[1]'],
    ['null', 'null'],
    ['a plain 0', '0'],
    ['status 0 without an error', { status: 0, error: null }],
    ['an unknown status', { status: 'queued' }],
    ['an error beside an OK', { status: 'OK', error: 'something' }],
    ['an error without a status', { error: 'something' }],
    ['an overload in the body', { code: 503, error: 'overloaded', status: 'Unavailable' }],
  ])('sends again after %s', (_, body) => {
    expect(read(200, body)).toMatchObject({ kind: 'retry', throttled: false });
  });

  it('sends again when the answer is too long to read', () => {
    expect(read(200, '1', { truncated: true })).toMatchObject({ kind: 'retry' });
  });

  it('says in the reason what was confirmed', () => {
    expect(read(200, { num_records_imported: 24 })).toMatchObject({
      reason: 'HTTP 200 without a usable confirmation: 24 of 25 records confirmed',
    });
  });

  it.each([0, '0', false])('rejects the batch for status %j with an error', (status) => {
    expect(read(200, { status, error: 'data, missing or empty' })).toEqual({
      kind: 'reject-batch',
      reason: 'data, missing or empty',
    });
  });

  it('reads failures that come with a 200', () => {
    expect(read(200, { num_records_imported: 24, failed_records: failed([3]) })).toMatchObject({
      kind: 'accepted',
      imported: 24,
      rejected: [{ index: 3 }],
    });
  });

  it.each([
    [429, { kind: 'retry', throttled: true }],
    [401, { kind: 'stop', code: 'API_UNAUTHORIZED' }],
    [413, { kind: 'split' }],
    [400, { kind: 'reject-batch' }],
  ])('goes by a code of %i in the body', (code, verdict) => {
    expect(read(200, { code, error: 'no' })).toMatchObject(verdict);
  });
});

describe('readResponse: 413', () => {
  const body = {
    code: 413,
    error: 'request exceeds max limit of 2097152 bytes',
    status: 'Request Entity Too Large',
  };

  it.each<[string, unknown]>([
    ['JSON', body],
    ['HTML', html('413 Request Entity Too Large')],
    ['nothing', ''],
  ])('halves the batch, whether the body is %s', (_, text) => {
    expect(read(413, text)).toEqual({ kind: 'split', reason: 'record too large for the API' });
  });

  it('rejects a lone record', () => {
    expect(read(413, body, { recordsSent: 1 })).toEqual({
      kind: 'reject-batch',
      reason: 'record too large for the API',
    });
  });
});

describe('readResponse: to be sent again', () => {
  const limited = { code: 429, error: 'Project exceeded rate limits.', status: 'Too Many Requests' };

  it.each<[string, unknown]>([
    ['the strict form', limited],
    ['the form without strict', { error: 'Project exceeded rate limits.', status: 0 }],
  ])('knows 429 in %s', (_, body) => {
    expect(read(429, body)).toEqual({
      kind: 'retry',
      reason: 'HTTP 429: Project exceeded rate limits.',
      throttled: true,
      retryAfterMs: undefined,
    });
  });

  it.each([408, 425, 500, 501, 502, 503, 504, 520, 524, 529, 599])(
    'sends again after %i, whatever its body',
    (status) => {
      for (const body of ['', html('busy'), { code: 200, num_records_imported: 25, status: 'OK' }]) {
        expect(read(status, body)).toMatchObject({ kind: 'retry', throttled: false });
      }
    },
  );

  it.each<[string, string | string[], number | undefined]>([
    ['seconds', '7', 7_000],
    ['a date', 'Tue, 01 Sep 2026 00:00:09 GMT', 9_000],
    ['the first of two', ['7', '8'], 7_000],
    ['nonsense', 'later', undefined],
  ])('reads Retry-After: %s', (_, value, retryAfterMs) => {
    const verdict = read(503, '', { headers: { 'retry-after': value } });
    expect(verdict).toMatchObject({ kind: 'retry', retryAfterMs });
  });
});

describe('readResponse: nothing would be taken', () => {
  it.each([
    [401, 'API_UNAUTHORIZED'],
    [403, 'API_FORBIDDEN'],
    [404, 'API_ENDPOINT_NOT_FOUND'],
    [405, 'API_ENDPOINT_NOT_FOUND'],
    [410, 'API_ENDPOINT_NOT_FOUND'],
    [301, 'API_ENDPOINT_NOT_FOUND'],
    [308, 'API_ENDPOINT_NOT_FOUND'],
    [402, 'API_REFUSED'],
    [407, 'API_REFUSED'],
    [414, 'API_REFUSED'],
    [415, 'API_REFUSED'],
    [451, 'API_REFUSED'],
  ])('stops at %i with %s', (status, code) => {
    expect(read(status, { code: status, error: 'Invalid credentials' })).toEqual({
      kind: 'stop',
      code,
      reason: `HTTP ${status}: Invalid credentials`,
    });
    expect(read(status, html('no'))).toMatchObject({ kind: 'stop', code });
  });

  it('quotes 200 characters of a page at most', () => {
    const { reason } = read(404, html('x'.repeat(1_000_000))) as Extract<Verdict, { kind: 'stop' }>;
    expect(reason.length).toBeLessThanOrEqual('HTTP 404: '.length + 200);
  });
});
