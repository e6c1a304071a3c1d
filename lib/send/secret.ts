import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { FanoutError } from '../errors.ts';

const CODES = {
  SECRET_NOT_FOUND: {
    retryable: false,
    fix: 'Create the secret under that name, or put a value into it; if it is meant to be another one, set secretName and deploy.',
  },
  SECRET_FORBIDDEN: {
    retryable: false,
    fix: "Let the sender's role read it: see the policy of the secret, and that of its KMS key if it has one of yours (kmsKeyArn).",
  },
  SECRET_UNAVAILABLE: { retryable: true, fix: 'It is read again with the next delivery.' },
};

type SecretErrorCode = keyof typeof CODES;

/** The secret with the credentials cannot be read. The message names the secret, never what it holds. */
export class SecretError extends FanoutError {
  override readonly name = 'SecretError';
  readonly code: SecretErrorCode;
  readonly retryable: boolean;
  /** @param detail what was seen, without a full stop */
  constructor(code: SecretErrorCode, detail: string) {
    super(`${detail}. ${CODES[code].fix}`);
    this.code = code;
    this.retryable = CODES[code].retryable;
  }
}

/** The value of the secret, empty where it holds bytes instead of text. @throws {SecretError} */
export const readSecret = async (client: SecretsManagerClient, secretId: string): Promise<string> => {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString ?? '';
  } catch (error) {
    throw secretError(error, secretId);
  }
};

/** When the secret was last changed, in milliseconds since the epoch; undefined where there is none. @throws {SecretError} */
export const readSecretChange = async (
  client: SecretsManagerClient,
  secretId: string,
): Promise<number | undefined> => {
  try {
    const { LastChangedDate } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
    return LastChangedDate?.getTime();
  } catch (error) {
    const failure = secretError(error, secretId);
    if (failure.code === 'SECRET_NOT_FOUND') return undefined;
    throw failure;
  }
};

const secretError = (error: unknown, secretId: string): SecretError => {
  const name = error instanceof Error ? error.name : 'no error of its own';
  const code = codeOf(name);
  const what = {
    SECRET_NOT_FOUND: 'is not there, holds no value, or is being deleted',
    SECRET_FORBIDDEN: 'may not be read',
    SECRET_UNAVAILABLE: 'cannot be read now',
  }[code];
  return new SecretError(code, `The secret ${secretId} ${what} (${name})`);
};

const codeOf = (name: string): SecretErrorCode => {
  if (['ResourceNotFoundException', 'InvalidRequestException'].includes(name)) return 'SECRET_NOT_FOUND';
  if (['AccessDeniedException', 'DecryptionFailure'].includes(name)) return 'SECRET_FORBIDDEN';
  return 'SECRET_UNAVAILABLE';
};
