import type { Progress } from '../../lib/plan/chunk.ts';
import type { ImportEvent } from '../../local/mixpanel/import-event.ts';
import type { Schedule } from './schedule.ts';
import type { Outcome, RejectLine } from './simulate.ts';

/** What Mixpanel knows events by, and the record behind each. */
export const eventKeys = (events: readonly ImportEvent[]): string[] =>
  events.map(({ event, properties }) =>
    JSON.stringify([event, properties.time, properties.distinct_id, properties.$insert_id, properties.n]),
  );

export const rejectKeys = (rejects: readonly RejectLine[]): string[] =>
  rejects.map(({ place, reason, raw, rawBase64 }) => JSON.stringify([place, reason, raw ?? rawBase64]));

/** The chunk that owns a place of the decompressed source: the one that its line begins in. */
export const chunkOf = ({ chunks }: Outcome, offset: number): number =>
  chunks.findLast(({ range, offset: base }) => base + range.start <= offset && offset < base + range.end)
    ?.chunk ?? -1;

/** Where all went well: what each chunk counted, and the keys of its events. */
export const expectedByChunk = (
  { source }: Schedule,
  ideal: Outcome,
): { readonly counts: readonly Progress['records'][]; readonly events: readonly string[][] } => {
  const counts: Progress['records'][] = [];
  const events: string[][] = [];
  for (const receipt of ideal.receipts) {
    if (receipt.kind !== 'chunk-done') continue;
    counts[receipt.chunk] = receipt.progress.records;
    events[receipt.chunk] = [];
  }
  const keys = Map.groupBy(
    ideal.accepted.map((event) => ({ n: event.properties.n, key: eventKeys([event])[0]! })),
    ({ n }) => n,
  );
  for (const { n, offset, fate } of source.lines) {
    // Equal lines may be one event, and have one number: the first of them stands for it.
    if (fate === 'imported')
      events[chunkOf(ideal, offset)]?.push(...(keys.get(n) ?? []).slice(0, 1).map(({ key }) => key));
  }
  return { counts, events };
};
