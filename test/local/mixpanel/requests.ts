import { gzipSync } from 'node:zlib';
import type { ImportEvent } from '../../../local/mixpanel/import-event.ts';
import type { MixpanelSimulator } from '../../../local/mixpanel/server.ts';

export const tokenHeader = `Basic ${btoa('a-token:')}`;

/** A valid event; the same number gives the same event. */
export function sampleEvent(number: number, properties: Record<string, unknown> = {}): ImportEvent {
  return {
    event: 'Song Played',
    properties: {
      time: 1_700_000_000_000 + number,
      distinct_id: `user-${number % 10}`,
      $insert_id: `insert-${number}`,
      ...properties,
    },
  };
}

export function sampleEvents(count: number): ImportEvent[] {
  return Array.from({ length: count }, (_, number) => sampleEvent(number));
}

export interface PostOptions {
  query?: string;
  authorization?: string | null;
  contentType?: string;
  gzip?: boolean;
  path?: string;
}

/** Posts a body, or values as a JSON array, to `/import`. */
export function post(
  simulator: MixpanelSimulator,
  body: string | Uint8Array<ArrayBuffer> | readonly unknown[],
  options: PostOptions = {},
): Promise<Response> {
  const { query = 'strict=1', authorization = tokenHeader, contentType = 'application/json' } = options;
  const plain = Array.isArray(body) ? JSON.stringify(body) : (body as string | Uint8Array<ArrayBuffer>);
  const headers = new Headers({ 'content-type': contentType });
  if (authorization !== null) headers.set('authorization', authorization);
  if (options.gzip) headers.set('content-encoding', 'gzip');
  return fetch(`${simulator.url}${options.path ?? '/import'}?${query}`, {
    method: 'POST',
    headers,
    body: options.gzip ? gzipSync(plain) : plain,
  });
}

/** The status and the JSON body of an answer, as one value to compare. */
export async function answer(response: Promise<Response>): Promise<{ status: number; body: unknown }> {
  const settled = await response;
  return { status: settled.status, body: await settled.json() };
}
