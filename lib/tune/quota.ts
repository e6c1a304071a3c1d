/** What a project may ingest, summed over everything that sends to it, in any rolling minute. */
export interface Quota {
  /** On average over the minute. */
  readonly eventsPerSecond: number;
  /** Before compression. */
  readonly bytesPerMinute: number;
}

/** What every project has unless Mixpanel has raised it: https://docs.mixpanel.com/reference/import-events */
export const DEFAULT_QUOTA: Quota = { eventsPerSecond: 30_000, bytesPerMinute: 2_000_000_000 };

const MINUTE_MS = 60_000;
const MB = 1_000_000;

/** The quota as a recipe says it. */
export const quotaOf = (destination: {
  readonly quota: { readonly eventsPerSecond: number; readonly megabytesPerMinute: number };
}): Quota => ({
  eventsPerSecond: destination.quota.eventsPerSecond,
  bytesPerMinute: destination.quota.megabytesPerMinute * MB,
});

/** How long the whole quota takes to allow for this much, in milliseconds: the scarcer of the two counts. */
export const quotaMs = (
  { eventsPerSecond, bytesPerMinute }: Quota,
  { records, rawBytes }: { readonly records: number; readonly rawBytes: number },
): number => Math.max((records / eventsPerSecond) * 1_000, (rawBytes / bytesPerMinute) * MINUTE_MS);
