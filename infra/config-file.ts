import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DeployConfig, parseDeployConfig } from '../lib/recipe/deploy-config.ts';
import { RecipeError } from '../lib/recipe/recipe-error.ts';

/**
 * The settings of a deployment, from their file and `-c key=value`.
 *
 * @throws {RecipeError} where the file cannot be read, is not JSON, or holds a setting that cannot be used
 */
export const readDeployConfig = async (
  file: URL,
  overrides: Readonly<Record<string, string>>,
): Promise<DeployConfig> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new RecipeError(
      `${nameOf(file)} cannot be read; put it back beside cdk.json ({} is enough for every default).`,
      { cause },
    );
  });
  return parseDeployConfig(parseJson(text, nameOf(file)), overrides);
};

const parseJson = (text: string, name: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RecipeError(`${name} is not valid JSON: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
};

const nameOf = (file: URL): string => basename(fileURLToPath(file));
