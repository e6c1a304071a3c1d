import { type ApiResponse, readResponse } from '../../lib/send/response.ts';
import type { Verdict } from '../../lib/send/verdict.ts';

/** The verdict on an answer to 25 records. */
export const read = (status: number, body: unknown, more: Partial<ApiResponse> = {}): Verdict =>
  readResponse({
    status,
    headers: {},
    bodyText: typeof body === 'string' ? body : JSON.stringify(body),
    recordsSent: 25,
    nowMs: Date.UTC(2026, 8, 1),
    ...more,
  });

/** Items of `failed_records` in the documented form. */
export const failed = (indexes: readonly unknown[]) =>
  indexes.map((index) => ({
    index,
    insert_id: 'abc',
    field: 'properties.time',
    message: "'properties.time' is invalid",
  }));

/** The body of a 400 in the documented form. */
export const partial = (imported: unknown, failed_records: unknown) => ({
  code: 400,
  error: 'some data points in the request failed validation',
  num_records_imported: imported,
  status: 'Bad Request',
  failed_records,
});

/** What a proxy answers. */
export const html = (title: string) => `<html>\r\n<head><title>${title}</title></head>\r\n</html>`;
