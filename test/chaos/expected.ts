import type { Report } from '../../lib/ledger/report.ts';
import type { Progress } from '../../lib/plan/chunk.ts';
import { addCounts } from '../../lib/plan/progress.ts';
import type { ImportEvent } from '../../local/mixpanel/import-event.ts';
import type { Schedule } from './schedule.ts';
import type { Outcome, RejectLine } from './simulate.ts';

/** What an import must have left behind. */
export interface Expected {
  readonly report: Report;
  readonly rejects: readonly RejectLine[];
  /** Keys of every event that a record stands for. */
  readonly events: ReadonlySet<string>;
  /** Keys of events that must be there once every chunk is done. */
  readonly needed: readonly string[];
  /** Of each chunk: what it counts, and the keys of events that must be there once it is done. */
  readonly chunks: readonly { readonly counts: Progress['records']; readonly events: readonly string[] }[];
}

type Line = Schedule['source']['lines'][number];

/**
 * What the import left behind where all went well, save for records that were rejected since their senders were
 * killed: those count as rejected, and may be in Mixpanel or not.
 */
export const expectedOf = ({ source }: Schedule, ideal: Outcome, { rejects }: Outcome): Expected => {
  const killed = rejects.filter(({ reason }) => reason === SENDER_KILLED);
  const killedAt = new Set(killed.map(({ place }) => place.offset));
  const lines = source.lines.filter(({ offset }) => killedAt.has(offset));
  const lost = lines.filter(({ fate }) => fate === 'imported');
  const lostNumbers = new Set(lost.map(({ n }) => n));
  const counts = countsByChunk(ideal);
  for (const { offset } of lost) addCounts(counts[chunkOf(ideal, offset)]!, { imported: -1, rejected: 1 });
  const others = ideal.rejects.filter(({ place }) => !killedAt.has(place.offset));
  return {
    report: withoutKilled(ideal, killed, lost),
    rejects: [...others, ...killed],
    events: new Set(eventKeys(ideal.accepted)),
    needed: eventKeys(ideal.accepted.filter(({ properties }) => !lostNumbers.has(Number(properties.n)))),
    chunks: counts.map((records, chunk) => ({
      counts: records,
      events: eventsOf(chunk, source.lines, ideal)
        .filter(({ n }) => !lostNumbers.has(n))
        .map(({ key }) => key),
    })),
  };
};

const SENDER_KILLED = 'SENDER_KILLED';

const withoutKilled = (ideal: Outcome, killed: readonly RejectLine[], lost: readonly Line[]): Report => {
  const report = structuredClone(ideal.reports[0]!);
  if (killed.length === 0) return report;
  const byReason: Record<string, number> = { ...report.rejects.byReason, [SENDER_KILLED]: killed.length };
  for (const { place, reason, message } of ideal.rejects) {
    if (!killed.some((one) => one.place.offset === place.offset)) continue;
    const key = reason === 'API_REJECTED' ? `${reason}: ${message}` : reason;
    byReason[key]! -= 1;
  }
  const entries = Object.entries(byReason).filter(([, count]) => count > 0);
  addCounts(report.records, { imported: -lost.length, rejected: lost.length });
  const uri = `s3://work/rejects/${report.importId}/`;
  return { ...report, rejects: { uri, byReason: Object.fromEntries(entries) } };
};

const countsByChunk = ({ receipts }: Outcome): Progress['records'][] => {
  const counts: Progress['records'][] = [];
  for (const receipt of receipts)
    if (receipt.kind === 'chunk-done') counts[receipt.chunk] = { ...receipt.progress.records };
  return counts;
};

/** Without those of equal lines, which are one event or two, of one number: it may be another chunk's. */
const eventsOf = (chunk: number, lines: readonly Line[], ideal: Outcome): { n: number; key: string }[] => {
  const keys = new Map(ideal.accepted.map((event) => [event.properties.n, eventKeys([event])[0]!]));
  return (
    lines
      .filter(({ offset, fate }) => fate === 'imported' && chunkOf(ideal, offset) === chunk)
      // Of a broken file some are missing, as they should.
      .filter(({ n }) => keys.has(n))
      .filter(({ n }) => lines.filter((other) => other.n === n).length === 1)
      .map(({ n }) => ({ n, key: keys.get(n)! }))
  );
};

/** What Mixpanel knows events by, and the record behind each. */
export const eventKeys = (events: readonly ImportEvent[]): string[] =>
  events.map(({ event, properties }) =>
    JSON.stringify([event, properties.time, properties.distinct_id, properties.$insert_id, properties.n]),
  );

export const rejectKeys = (rejects: readonly RejectLine[]): string[] =>
  rejects.map(({ place, reason, raw, rawBase64 }) => JSON.stringify([place, reason, raw ?? rawBase64]));

/** The chunk that owns a place of the decompressed source: the one that its line begins in. */
export const chunkOf = ({ chunks }: Outcome, offset: number): number =>
  chunks.find(({ range, offset: base }) => base + range.start <= offset && offset < base + range.end)
    ?.chunk ?? -1;
