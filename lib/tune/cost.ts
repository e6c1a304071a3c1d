import { EGRESS_TIERS, PRICES } from './prices.ts';
import type { ServiceCalls } from './quantities.ts';

const GB = 1_000_000_000;
const MB_PER_LAMBDA_GB = 1_024;
const DAYS_PER_MONTH = 30;
/** Headers and the answer that go with each request. */
const REQUEST_OVERHEAD_BYTES = 600;
const SPLITTER_MB = 1_769;
const SPLITTER_SECONDS = 2;
/** What the splitter inflates, cuts and stages in a second. */
const STAGED_BYTES_PER_SECOND = 60_000_000;
const LEDGER_MB = 512;
const FOLD_SECONDS = 0.2;

export interface Usage {
  readonly calls: ServiceCalls;
  readonly memoryMB: number;
  /** Of all senders together, as billed. */
  readonly senderSeconds: number;
  readonly requests: number;
  /** As they go over the network. */
  readonly sentBytes: number;
  /** Bytes staged in the Work bucket, for how many days. */
  readonly stagedBytes: number;
  readonly stagedDays: number;
}

/** Dollars, by what is paid for. */
export interface Cost {
  readonly lambdaDuration: number;
  readonly lambdaRequests: number;
  readonly sqs: number;
  readonly s3Requests: number;
  readonly s3Storage: number;
  readonly egress: number;
  readonly total: number;
}

/** List prices; nothing taken off for what is free each month, nothing added for logs, metrics and the secret. */
export const costOf = (usage: Usage): Cost => {
  const { calls } = usage;
  const items = {
    lambdaDuration: gigabyteSeconds(usage) * PRICES.lambdaDuration.usd,
    lambdaRequests: priceOf(PRICES.lambdaRequest, calls.invocations),
    sqs: priceOf(PRICES.sqsRequest, calls.sqsRequests),
    s3Requests: priceOf(PRICES.s3Get, calls.s3Gets) + priceOf(PRICES.s3Put, calls.s3Puts),
    s3Storage: priceOf(PRICES.s3Storage, (usage.stagedBytes / GB) * (usage.stagedDays / DAYS_PER_MONTH)),
    egress: egressDollars(usage.sentBytes + usage.requests * REQUEST_OVERHEAD_BYTES),
  };
  return { ...items, total: Object.values(items).reduce((sum, item) => sum + item, 0) };
};

/** What this many bytes to the internet cost, as if they were the only ones of the month. */
export const egressDollars = (bytes: number): number => {
  let dollars = 0;
  let fromGB = 0;
  for (const { upToGB, usdPerGB } of EGRESS_TIERS) {
    const toGB = Math.min(bytes / GB, upToGB ?? Number.POSITIVE_INFINITY);
    dollars += Math.max(0, toGB - fromGB) * usdPerGB;
    fromGB = upToGB ?? toGB;
  }
  return dollars;
};

const gigabyteSeconds = ({ calls, memoryMB, senderSeconds, stagedBytes }: Usage): number => {
  const splitterSeconds = SPLITTER_SECONDS + stagedBytes / STAGED_BYTES_PER_SECOND;
  const foldSeconds = calls.folds * FOLD_SECONDS;
  const megabyteSeconds = memoryMB * senderSeconds + SPLITTER_MB * splitterSeconds + LEDGER_MB * foldSeconds;
  return megabyteSeconds / MB_PER_LAMBDA_GB;
};

const priceOf = (
  { usd, quantity }: { readonly usd: number; readonly quantity: number },
  units: number,
): number => (units / quantity) * usd;
