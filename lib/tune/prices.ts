/** What a thing costs: `usd` for every `quantity` of `unit`. */
export interface Price {
  readonly what: string;
  readonly usd: number;
  readonly quantity: number;
  readonly unit: string;
  readonly source: string;
}

/** When and where the prices were read. List prices; what an account gets free each month is not taken off. */
export const PRICES_DATE = '2026-11-22';
export const PRICES_REGION = 'us-east-1';

const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';
const SQS = 'https://aws.amazon.com/sqs/pricing/';
const S3 = 'https://aws.amazon.com/s3/pricing/';
const EGRESS = 'https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer';
const MILLION = 1_000_000;

export const PRICES = {
  lambdaDuration: {
    what: 'Lambda duration, arm64',
    usd: 0.000_013_333_4,
    quantity: 1,
    unit: 'GB-second (1,024 MB)',
    source: LAMBDA,
  },
  lambdaRequest: {
    what: 'Lambda requests',
    usd: 0.2,
    quantity: MILLION,
    unit: 'invocations',
    source: LAMBDA,
  },
  sqsRequest: {
    what: 'SQS standard queue',
    usd: 0.4,
    quantity: MILLION,
    unit: 'requests of up to 64 KiB',
    source: SQS,
  },
  s3Get: { what: 'S3 GET and HEAD', usd: 0.000_4, quantity: 1_000, unit: 'requests', source: S3 },
  s3Put: { what: 'S3 PUT and LIST', usd: 0.005, quantity: 1_000, unit: 'requests', source: S3 },
  s3Storage: { what: 'S3 storage', usd: 0.023, quantity: 1, unit: 'GB-month', source: S3 },
} as const satisfies Record<string, Price>;

/** Traffic to the internet, by what has gone out in the month; `upToGB` is null for the last tier. */
export const EGRESS_TIERS = [
  { upToGB: 10_000, usdPerGB: 0.09 },
  { upToGB: 50_000, usdPerGB: 0.085 },
  { upToGB: 150_000, usdPerGB: 0.07 },
  { upToGB: null, usdPerGB: 0.05 },
] as const;

/** Every price, for people: the tiers of egress as rows of their own. */
export const priceList = (): Price[] => [
  ...Object.values(PRICES),
  ...EGRESS_TIERS.map(({ upToGB, usdPerGB }) => ({
    what: `Internet egress, ${upToGB === null ? 'beyond' : `up to ${upToGB.toLocaleString('en-US')} GB a month`}`,
    usd: usdPerGB,
    quantity: 1,
    unit: 'GB',
    source: EGRESS,
  })),
];
