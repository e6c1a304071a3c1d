import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { readSecret, readSecretChange, SecretError } from '../../lib/send/secret.ts';

const mock = mockClient(SecretsManagerClient);
const client = new SecretsManagerClient({ region: 'us-east-1' });
beforeEach(() => void mock.reset());

const named = (name: string): Error => Object.assign(new Error('in the words of AWS'), { name });

describe('readSecret', () => {
  it('gives the text of the secret', async () => {
    mock.on(GetSecretValueCommand, { SecretId: 'mixpanel' }).resolves({ SecretString: '{"token":"abc"}' });
    expect(await readSecret(client, 'mixpanel')).toBe('{"token":"abc"}');
  });

  it.each([
    ['ResourceNotFoundException', 'SECRET_NOT_FOUND', false, 'Create the secret'],
    ['InvalidRequestException', 'SECRET_NOT_FOUND', false, 'being deleted'],
    ['AccessDeniedException', 'SECRET_FORBIDDEN', false, 'KMS key'],
    ['DecryptionFailure', 'SECRET_FORBIDDEN', false, 'KMS key'],
    ['ThrottlingException', 'SECRET_UNAVAILABLE', true, 'cannot be read now'],
    ['TimeoutError', 'SECRET_UNAVAILABLE', true, 'cannot be read now'],
  ])('says of %s that it is %s, and what to do', async (name, code, retryable, words) => {
    mock.on(GetSecretValueCommand).rejects(named(name));
    const failure = await readSecret(client, 'team/mixpanel').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SecretError);
    expect(failure).toMatchObject({ code, retryable });
    expect((failure as SecretError).message).toMatch(/^The secret team\/mixpanel /);
    expect((failure as SecretError).message).toContain(words);
  });
});

describe('readSecretChange', () => {
  it('tells when, and nothing where there is no secret', async () => {
    mock
      .on(DescribeSecretCommand)
      .resolvesOnce({ LastChangedDate: new Date(5_000) })
      .rejects(named('ResourceNotFoundException'));
    expect(await readSecretChange(client, 'mixpanel')).toBe(5_000);
    expect(await readSecretChange(client, 'mixpanel')).toBeUndefined();
  });

  it('fails where it cannot find out', async () => {
    mock.on(DescribeSecretCommand).rejects(named('AccessDeniedException'));
    await expect(readSecretChange(client, 'mixpanel')).rejects.toThrow(SecretError);
  });
});
