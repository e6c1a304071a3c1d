import type { ChunkMessage } from '../plan/chunk.ts';
import type { ImportClient } from './client.ts';
import { type Credentials, parseCredentials } from './credentials.ts';

/** How long credentials are used before the secret is read again. */
const CREDENTIALS_MS_MAX = 5 * 60_000;

export interface ClientsOptions {
  readonly fetchSecret: () => Promise<string>;
  readonly open: (message: Pick<ChunkMessage, 'recipe'>, credentials: Credentials) => ImportClient;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Clients {
  /** The client for a message's destination: the one of the message before, where nothing has changed. */
  get(message: Pick<ChunkMessage, 'recipe'>): Promise<ImportClient>;
  /** Forgets the credentials, for instance after they were refused. */
  forget(): void;
}

/** Keeps one client, with its connections and credentials, from message to message. */
export const createClients = ({ fetchSecret, open, now }: ClientsOptions): Clients => {
  let kept: { key: string; client: ImportClient; readAtMs: number } | undefined;
  return {
    get: async (message) => {
      const { destination, tuning } = message.recipe;
      const key = JSON.stringify([destination, tuning.requestsInFlight]);
      if (kept?.key === key && now() - kept.readAtMs < CREDENTIALS_MS_MAX) return kept.client;
      const credentials = parseCredentials(await fetchSecret());
      await kept?.client.close();
      kept = { key, client: open(message, credentials), readAtMs: now() };
      return kept.client;
    },
    forget: () => {
      if (kept) kept.readAtMs = Number.NEGATIVE_INFINITY;
    },
  };
};
