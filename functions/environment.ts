import * as z from 'zod';
import { governorSettingsSchema } from '../lib/tune/governor-state.ts';

const jsonOf = (text: string, context: z.RefinementCtx): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
};

const variables = {
  WORK_BUCKET: z.string().min(1),
  INTAKE_QUEUE_URL: z.url(),
  CHUNKS_QUEUE_URL: z.url(),
  RECEIPTS_QUEUE_URL: z.url(),
  CREDENTIALS_SECRET: z.string().min(1),
  /** Endpoints that a message may name, as a JSON list. */
  ENDPOINTS_ALLOWED: z.string().transform(jsonOf).pipe(z.array(z.string())),
  /** UUID of the event source mapping of the sender. */
  SENDER_MAPPING_ID: z.string().min(1),
  GOVERNOR_SETTINGS: z.string().transform(jsonOf).pipe(governorSettingsSchema),
  MAX_RECEIVE_COUNT: z.coerce.number().int().positive(),
  /** Most that one source may decompress to. */
  DECOMPRESSED_BYTES_MAX: z.coerce.number().int().positive(),
  /** In MB; Lambda itself sets it. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().optional(),
  /** First wait after a refused request; shorter than Mixpanel's advice only against a simulator. */
  BACKOFF_FIRST_MS: z.coerce.number().int().positive().optional(),
};

type Name = keyof typeof variables;
type Environment<N extends Name> = { readonly [K in N]: z.output<(typeof variables)[K]> };

/** The variables that a function needs. @throws naming the one that is missing or wrong */
export const readEnvironment = <N extends Name>(...names: N[]): Environment<N> =>
  Object.fromEntries(names.map((name) => [name, readVariable(name)])) as Environment<N>;

const readVariable = (name: Name): unknown => {
  const result = variables[name].safeParse(process.env[name]);
  if (result.success) return result.data;
  throw new Error(
    `The environment variable ${name} is ${process.env[name] === undefined ? 'missing' : 'wrong'}: ${result.error.issues[0]?.message}`,
  );
};
