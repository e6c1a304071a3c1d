import * as z from 'zod';
import { governorConfigSchema } from './governor-config.ts';
import { withOverrides } from './overrides.ts';
import { parseWith } from './parse.ts';
import { withPreset } from './preset.ts';
import { endpointSchema, recipeSchema } from './schema.ts';

const ENDPOINTS_MAX = 20;
const MiB = 1024 * 1024;
/** 1 TiB: far more than a file that is dropped for an import, far less than a file can be made to grow to. */
export const DECOMPRESSED_BYTES_MAX_DEFAULT = MiB * MiB;
/** A day longer than a dead letter is kept. */
export const STAGED_DAYS_SAFE = 15;
const KMS_KEY_ARN =
  /^arn:aws[a-z-]{0,20}:kms:[a-z0-9-]{1,30}:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** What `fanout.config.json` holds: the deployed default recipe, and what only a deployment has. */
export const deployConfigSchema = z.strictObject({
  recipe: recipeSchema.prefault({}),
  secretName: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Secret in Secrets Manager that holds the credentials. Without it the stack makes one, to be filled after the first deploy.',
    ),
  kmsKeyArn: z
    .string()
    .regex(KMS_KEY_ARN, {
      error: 'must be the ARN of a key, arn:aws:kms:REGION:ACCOUNT:key/ID; an alias will not do',
    })
    .optional()
    .describe(
      'Key of yours that encrypts buckets, queues, logs and the secret that the stack makes; docs/security.md has the key policy that it needs first.',
    ),
  endpointsAllowed: z
    .array(endpointSchema)
    .max(ENDPOINTS_MAX)
    .default([])
    .describe(
      "Endpoints that senders take from a chunk's message beside the recipe's own `destination.endpoint`: one that was deployed before, while its chunks are still on their way.",
    ),
  senderTimeoutSeconds: z
    .int()
    .min(10)
    .max(120)
    .default(120)
    .describe('Longest run of one sender; what is left of its chunk by then is continued by another.'),
  decompressedBytesMax: z
    .int()
    .min(MiB)
    .max(1_024 * MiB * MiB)
    .default(DECOMPRESSED_BYTES_MAX_DEFAULT)
    .describe(
      'Most bytes that one source may decompress to, over all layers and entries of it: what a file that was made to grow can cost.',
    ),
  stagedRetentionDays: z
    .int()
    .min(1)
    .max(365)
    .default(STAGED_DAYS_SAFE)
    .describe(
      'How long staged chunks are kept. With fewer days than dead letters are kept (14), a chunk may be redriven whose data is gone.',
    ),
  rejectsRetentionDays: z
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('How long rejects, which hold the rejected records, and responses are kept.'),
  reportRetentionDays: z.int().min(1).max(3_650).default(90).describe('How long reports are kept.'),
  replacedRetentionDays: z
    .int()
    .min(STAGED_DAYS_SAFE)
    .max(3_650)
    .default(30)
    .describe(
      'How long the Inbox keeps a version that was replaced or deleted: its import may still be under way, or be redriven.',
    ),
  logRetentionDays: z
    .literal([1, 3, 5, 7, 14, 30, 60, 90, 180, 365])
    .default(30)
    .describe('How long logs are kept: 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365.'),
  governor: governorConfigSchema
    .refine(({ workersMin, workersMax = workersMin }) => workersMin <= workersMax, {
      path: ['workersMin'],
      error: 'must not be more than workersMax',
    })
    .prefault({}),
});

export type DeployConfig = z.output<typeof deployConfigSchema>;

/** Every endpoint that a sender of this deployment may send to in place of Mixpanel. */
export const allowedEndpoints = ({
  recipe,
  endpointsAllowed,
}: Pick<DeployConfig, 'recipe' | 'endpointsAllowed'>): readonly string[] => {
  const { endpoint } = recipe.destination;
  return [...new Set(endpoint === undefined ? endpointsAllowed : [endpoint, ...endpointsAllowed])];
};

/**
 * The settings of a deployment.
 *
 * @param file parsed content of `fanout.config.json`
 * @param overrides from `-c key=value`: a full path (`recipe.tuning.workers`) or a setting's own name (`workers`)
 * @throws {RecipeError} naming every wrong path
 */
export const parseDeployConfig = (
  file: unknown,
  overrides: Readonly<Record<string, string>>,
): DeployConfig => {
  const what = 'deploy configuration';
  const settings = withOverrides(file, overrides, { schema: deployConfigSchema, what });
  return parseWith(deployConfigSchema, withPresetOfRecipe(settings), what);
};

const withPresetOfRecipe = (settings: unknown): unknown =>
  typeof settings === 'object' && settings !== null && 'recipe' in settings
    ? { ...settings, recipe: withPreset(settings.recipe) }
    : settings;
