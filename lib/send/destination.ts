import { isIPv4 } from 'node:net';
import { FanoutError } from '../errors.ts';

/** Where the Mixpanel project keeps its data. */
export type Region = 'us' | 'eu' | 'in';

/** Where batches go: a region's API, or `endpoint` in its place. */
export interface Destination {
  readonly region: Region;
  /** Base URL whose paths are Mixpanel's; a path prefix is kept. */
  readonly endpoint?: string | undefined;
}

/** The destination cannot be sent to as it is configured. */
export class DestinationError extends FanoutError {
  override readonly name = 'DestinationError';
  readonly code = 'DESTINATION_INVALID';
  readonly retryable = false;
}

const HOSTS: Readonly<Record<Region, string>> = {
  us: 'https://api.mixpanel.com',
  eu: 'https://api-eu.mixpanel.com',
  in: 'https://api-in.mixpanel.com',
};

/**
 * The URL that takes batches of events: always strict, and never locating events by the sender's own address.
 *
 * @param destination.projectId only for a service account; a token names its project itself
 * @throws {DestinationError}
 * @see https://docs.mixpanel.com/reference/import-events
 */
export const importUrl = ({
  region,
  endpoint,
  projectId,
}: Destination & { readonly projectId?: string | undefined }): URL => {
  const url = endpoint === undefined ? new URL(HOSTS[region]) : parseEndpoint(endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/import`;
  url.searchParams.set('strict', '1');
  url.searchParams.set('ip', '0');
  if (projectId !== undefined) url.searchParams.set('project_id', projectId);
  return url;
};

const parseEndpoint = (endpoint: string): URL => {
  const shown = JSON.stringify(withoutUserInfo(endpoint));
  const url = URL.parse(endpoint);
  if (url === null) {
    throw new DestinationError(
      `The endpoint ${shown} is not a URL; write it as https://host or https://host/prefix.`,
    );
  }
  const flaw = flawOf(url);
  if (flaw !== undefined) throw new DestinationError(`The endpoint ${shown} ${flaw}`);
  return url;
};

const withoutUserInfo = (endpoint: string): string => endpoint.replace(/[^/]*@/, '');

const flawOf = (url: URL): string | undefined => {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return `has the scheme ${url.protocol.slice(0, -1)}; use https.`;
  }
  if (url.username !== '' || url.password !== '') {
    return 'carries a user name or password; put credentials into the secret instead.';
  }
  if (url.search !== '' || url.hash !== '') {
    return 'ends in a query or fragment; give the base URL only.';
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'would send records and credentials unencrypted; use https (plain http is for loopback addresses only).';
  }
  return undefined;
};

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
