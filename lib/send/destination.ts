import { FanoutError } from '../errors.ts';
import { endpointFlaw, isSameEndpoint, withoutUserInfo } from '../recipe/endpoint.ts';

/** Where the Mixpanel project keeps its data. */
export type Region = 'us' | 'eu' | 'in';

/** Where batches go: a region's API, or `endpoint` in its place. */
export interface Destination {
  readonly region: Region;
  /** Base URL whose paths are Mixpanel's; a path prefix is kept. */
  readonly endpoint?: string | undefined;
}

/** The destination cannot be sent to, as it is written or at all. */
export class DestinationError extends FanoutError {
  override readonly name = 'DestinationError';
  readonly code: 'DESTINATION_INVALID' | 'DESTINATION_NOT_ALLOWED';
  readonly retryable = false;
  constructor(code: DestinationError['code'], message: string) {
    super(message);
    this.code = code;
  }
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

/**
 * Mixpanel's own hosts may always be sent to; an endpoint only where the deployment names it. A message comes
 * through a queue, and whoever can write to that must not choose where records and credentials go.
 *
 * @param allowed endpoints that the deployment names
 * @throws {DestinationError} `DESTINATION_NOT_ALLOWED`
 */
export const checkAllowed = ({ endpoint }: Destination, allowed: readonly string[]): void => {
  if (endpoint === undefined || allowed.some((each) => isSameEndpoint(each, endpoint))) return;
  throw new DestinationError(
    'DESTINATION_NOT_ALLOWED',
    `The endpoint ${shown(endpoint)} is not among the ${allowed.length} that this deployment allows; add it to endpointsAllowed in fanout.config.json and deploy, or drop the file again for the endpoint that is deployed now.`,
  );
};

const parseEndpoint = (endpoint: string): URL => {
  const flaw = endpointFlaw(endpoint);
  if (flaw === undefined) return new URL(endpoint);
  throw new DestinationError('DESTINATION_INVALID', `The endpoint ${shown(endpoint)} ${flaw}`);
};

const SHOWN_CHARACTERS_MAX = 200;

const shown = (endpoint: string): string =>
  JSON.stringify(withoutUserInfo(endpoint).slice(0, SHOWN_CHARACTERS_MAX));
