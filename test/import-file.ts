import { foldReceipts } from '../lib/ledger/fold.ts';
import type { CreatedObject } from '../lib/plan/notification.ts';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { splitObject } from '../lib/splitter.ts';
import { fakeClient } from './fake-client.ts';
import { inMemoryCloud } from './in-memory-cloud.ts';
import { runFleet } from './in-memory-fleet.ts';

export interface ImportOptions {
  readonly key: string;
  readonly body: Buffer;
  readonly recipe: RecipeInput;
  /** What a run of the splitter has at each look; ever less. */
  readonly splitterMs?: () => () => number;
  /** One request of so many fails, so that its sender leaves the rest of its chunk to another. */
  readonly failsEvery?: number;
  /** Runs of the splitter for one notification. */
  readonly times?: number;
}

/** From a notification to the report; the splitter is run again as often as it asks for. */
export const importFile = async ({
  key,
  body,
  recipe,
  splitterMs = () => () => 900_000,
  failsEvery = Number.POSITIVE_INFINITY,
  times = 1,
}: ImportOptions) => {
  const cloud = inMemoryCloud(body, recipe);
  let created: CreatedObject | undefined = { bucket: 'inbox', key, etag: 'e1', sequencer: '1' };
  let runs = 0;
  for (; created; created = cloud.resumed.shift()) {
    for (let time = 0; time < times; time++)
      await splitObject(created, { ...cloud.dependencies, remainingMs: splitterMs() });
    runs += 1;
  }
  let sends = 0;
  const client = fakeClient({
    before: async () => {
      sends += 1;
      if (sends % failsEvery === 0) throw new Error('The network is down.');
    },
  });
  const fleet = await runFleet(cloud.chunks, { openSource: cloud.openSource, client });
  const report = foldReceipts(undefined, [...cloud.receipts, ...fleet.receipts]);
  const received = client.received.flat().map((line) => JSON.parse(line).properties);
  const sent = [...new Map(received.map((properties) => [properties.$insert_id, properties])).values()];
  return {
    report,
    runs,
    chunks: cloud.chunks.length,
    received: received.length,
    /** One of each id, as Mixpanel keeps them. */
    sent: sent.toSorted((a, b) => a.n - b.n),
    receipts: [...cloud.receipts, ...fleet.receipts],
    rejects: fleet.rejects,
    dead: fleet.dead,
  };
};
