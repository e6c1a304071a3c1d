import { onTestFinished } from 'vitest';
import { createImportClient, type ImportClient, type ImportClientOptions } from '../../lib/send/client.ts';

/** A client for one test, closed at its end; waits 1 ms between attempts unless told otherwise. */
export const testClient = (
  endpoint: string,
  { backoff, ...options }: Partial<ImportClientOptions> = {},
): ImportClient => {
  const client = createImportClient({
    destination: { region: 'us', endpoint },
    credentials: { kind: 'none' },
    backoff: { firstMs: 1, maxMs: 1, jitterMinMs: 0, jitterMaxMs: 0, retryAfterMaxMs: 1, ...backoff },
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
};

export const never = (): AbortSignal => new AbortController().signal;

export const failureOf = (send: Promise<unknown>): Promise<unknown> => send.catch((error: unknown) => error);
