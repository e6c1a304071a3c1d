import { PRICES } from '../../lib/tune/prices.ts';

/** Of the ways that the product is compared with; us-east-1, read on the day of `PRICES_DATE`. */
const FARGATE =
  'https://www.vantage.sh/blog/fargate-pricing, June 2026 the same in https://www.factualminds.com/blog/amazon-fargate-ecs-task-pricing-2026/';
const STEP_FUNCTIONS = 'https://aws.amazon.com/step-functions/pricing/';

export const OTHER_PRICES = {
  fargateVcpu: { what: 'Fargate vCPU, Linux arm64', usd: 0.032_38, unit: 'hour', source: FARGATE },
  fargateGB: { what: 'Fargate memory, Linux arm64', usd: 0.003_56, unit: 'GB-hour', source: FARGATE },
  transition: {
    what: 'Step Functions standard workflow',
    usd: 0.025 / 1_000,
    unit: 'state transition',
    source: STEP_FUNCTIONS,
  },
} as const;

const MB_PER_VCPU = 1_769;
const MB_PER_LAMBDA_GB = 1_024;

/** A second of one vCPU of Lambda, whatever the memory: CPU comes in proportion to it. */
export const LAMBDA_VCPU_SECOND_USD = (MB_PER_VCPU / MB_PER_LAMBDA_GB) * PRICES.lambdaDuration.usd;
