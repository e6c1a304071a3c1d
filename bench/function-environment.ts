import { parseDeployConfig } from '../lib/recipe/deploy-config.ts';
import { governorSettings } from '../lib/recipe/governor-config.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';

/** The variables of every function, for one that runs alone; `url` stands for AWS. */
export const functionEnvironment = (url: string): Readonly<Record<string, string>> => {
  const config = parseDeployConfig({}, {});
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL: url,
    WORK_BUCKET: 'work',
    INTAKE_QUEUE_URL: `${url}/0/intake`,
    CHUNKS_QUEUE_URL: `${url}/0/chunks`,
    RECEIPTS_QUEUE_URL: `${url}/0/receipts`,
    CREDENTIALS_SECRET: 'credentials',
    ENDPOINTS_ALLOWED: '[]',
    MAX_RECEIVE_COUNT: '5',
    DECOMPRESSED_BYTES_MAX: '1000000000000',
    SENDER_MAPPING_ID: 'mapping',
    GOVERNOR_SETTINGS: JSON.stringify(governorSettings(config.governor, parseRecipe({}))),
  };
};
