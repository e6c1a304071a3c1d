import { describe, expect, it, onTestFinished } from 'vitest';
import { createImportClient } from '../../lib/send/client.ts';
import { createClients } from '../../lib/send/clients.ts';
import type { Pace } from '../../lib/send/pace.ts';
import { chunkMessage } from '../chunk-message.ts';

const withWorkers = (workers: number) => {
  const { recipe } = chunkMessage(0);
  return { recipe: { ...recipe, tuning: { ...recipe.tuning, workers } } };
};

const startClients = () => {
  const opened: (Pace | undefined)[] = [];
  const clients = createClients({
    endpointsAllowed: [],
    fetchSecret: async () => '{"token":"abc"}',
    open: ({ recipe }, credentials, pace) => {
      opened.push(pace);
      const { workers } = recipe.tuning;
      const client = createImportClient({ destination: recipe.destination, credentials, workers, pace });
      onTestFinished(() => client.close());
      return client;
    },
    now: () => 0,
  });
  return { clients, opened };
};

describe('createClients', () => {
  it('keeps the client from message to message', async () => {
    const { clients, opened } = startClients();
    expect(await clients.get(withWorkers(8))).toBe(await clients.get(withWorkers(8)));
    expect(opened).toEqual([undefined]);
  });

  it('goes on at the same pace with new credentials', async () => {
    const { clients, opened } = startClients();
    await clients.get(withWorkers(8));
    clients.forget();
    await clients.get(withWorkers(8));
    expect(opened[1]).toMatchObject({ firstShare: 0.97 / 8 });
  });

  it('begins anew with another number of senders', async () => {
    const { clients, opened } = startClients();
    await clients.get(withWorkers(8));
    await clients.get(withWorkers(16));
    expect(opened).toEqual([undefined, undefined]);
  });
});
