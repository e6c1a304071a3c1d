import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** A server of this process has been asked something. */
const REQUEST = 'http.server.request.start';

export interface Calls {
  readonly s3Gets: number;
  readonly s3Puts: number;
  /** Requests to queues. */
  readonly sqs: number;
}

/** What the servers of this process, object store and queues among them, are asked while `work` goes on. */
export const countCalls = async <T>(work: () => Promise<T>): Promise<readonly [T, Calls]> => {
  const calls = { s3Gets: 0, s3Puts: 0, sqs: 0 };
  const see = (message: unknown): void => {
    const { method, headers, url = '' } = (message as { readonly request: IncomingMessage }).request;
    const target = String(headers['x-amz-target'] ?? '');
    if (target.startsWith('AmazonSQS')) calls.sqs += 1;
    else if (/^\/(inbox|work)\//.test(url) && method === 'GET') calls.s3Gets += 1;
    else if (/^\/(inbox|work)\//.test(url) && method === 'PUT') calls.s3Puts += 1;
  };
  subscribe(REQUEST, see);
  try {
    return [await work(), calls];
  } finally {
    unsubscribe(REQUEST, see);
  }
};
