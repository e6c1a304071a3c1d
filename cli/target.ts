import { isLoopback } from '../lib/recipe/endpoint.ts';
import type { Recipe } from '../lib/recipe/schema.ts';
import { parseCredentials } from '../lib/send/credentials.ts';
import { importUrl } from '../lib/send/destination.ts';
import { type CredentialEnvironment, type CredentialFlags, credentialsJson } from './credentials.ts';
import { type SimulatorProcess, startSimulatorProcess } from './simulator.ts';
import { UsageError } from './usage-error.ts';

/** Sent to a server on this machine when no credentials are given. */
const PLACEHOLDER = JSON.stringify({ token: 'no-token-given' });

/** Where an import goes, and as whom. */
export interface Target {
  readonly recipe: Recipe;
  readonly credentialsJson: string;
  readonly simulator?: SimulatorProcess;
  /** What the user should know about it. */
  readonly note?: string;
}

/**
 * The destination of this run; without credentials and endpoint, a simulator that it starts.
 *
 * @throws {UsageError | CredentialsError | DestinationError} when it cannot be sent to
 */
export const openTarget = async (
  recipe: Recipe,
  flags: CredentialFlags,
  environment: CredentialEnvironment,
): Promise<Target> => {
  const credentials = credentialsJson(flags, environment);
  const { endpoint } = recipe.destination;
  if (credentials !== undefined) parseCredentials(credentials);
  if (endpoint === undefined)
    return credentials ? { recipe, credentialsJson: credentials } : openSimulator(recipe);
  const { hostname } = importUrl(recipe.destination);
  if (credentials !== undefined) return { recipe, credentialsJson: credentials };
  if (isLoopback(hostname)) {
    return {
      recipe,
      credentialsJson: PLACEHOLDER,
      note: `No credentials given; ${hostname} is this machine, so a placeholder token is sent.`,
    };
  }
  throw new UsageError(
    `No credentials for ${hostname}: give --token, or --service-account with --project, or set MIXPANEL_TOKEN.`,
  );
};

/** A simulator as the destination, whatever the recipe says. */
export const openSimulator = async (recipe: Recipe): Promise<Target> => {
  const simulator = await startSimulatorProcess();
  return {
    recipe: { ...recipe, destination: { ...recipe.destination, endpoint: simulator.url } },
    credentialsJson: PLACEHOLDER,
    simulator,
    note: 'Importing into the built-in Mixpanel simulator: nothing leaves this machine. Give --token to import into your project.',
  };
};
