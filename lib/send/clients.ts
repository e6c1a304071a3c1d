import type { ChunkMessage } from '../plan/chunk.ts';
import type { ImportClient, PacedClient } from './client.ts';
import { type Credentials, parseCredentials } from './credentials.ts';
import { checkAllowed } from './destination.ts';
import type { Pace } from './pace.ts';

/** How long credentials are used before the secret is read again. */
const CREDENTIALS_MS_MAX = 5 * 60_000;

export interface ClientsOptions {
  /** Endpoints that the deployment lets messages name. */
  readonly endpointsAllowed: readonly string[];
  readonly fetchSecret: () => Promise<string>;
  /** @param pace where the client before has left off, if it had the same destination and as many workers */
  readonly open: (
    message: Pick<ChunkMessage, 'recipe'>,
    credentials: Credentials,
    pace: Pace | undefined,
  ) => PacedClient;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Clients {
  /**
   * The client for a message's destination: the one of the message before, where nothing has changed.
   *
   * @throws {DestinationError} before the secret is read, where the message names an endpoint that is not allowed
   */
  get(message: Pick<ChunkMessage, 'recipe'>): Promise<ImportClient>;
  /** Forgets the credentials, for instance after they were refused. */
  forget(): void;
}

/** Keeps one client, with its connections and credentials, from message to message, and its pace for longer. */
export const createClients = ({ endpointsAllowed, fetchSecret, open, now }: ClientsOptions): Clients => {
  let kept: { key: string; client: PacedClient; readAtMs: number } | undefined;
  return {
    get: async (message) => {
      const { destination, tuning } = message.recipe;
      checkAllowed(destination, endpointsAllowed);
      const key = JSON.stringify([destination, tuning.requestsInFlight, tuning.workers]);
      if (kept?.key === key && now() - kept.readAtMs < CREDENTIALS_MS_MAX) return kept.client;
      const credentials = parseCredentials(await fetchSecret());
      await kept?.client.close();
      const pace = kept?.key === key ? kept.client.pace() : undefined;
      kept = { key, client: open(message, credentials, pace), readAtMs: now() };
      return kept.client;
    },
    forget: () => {
      if (kept) kept.readAtMs = Number.NEGATIVE_INFINITY;
    },
  };
};
