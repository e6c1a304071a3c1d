import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, onTestFinished } from 'vitest';

import { startSecretsEndpoint } from '../../local/secrets.ts';

async function start(secrets: Map<string, string>) {
  const endpoint = await startSecretsEndpoint(secrets);
  const client = new SecretsManagerClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await endpoint.close();
  });
  const get = (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));
  return { client, endpoint, get };
}

describe('startSecretsEndpoint', () => {
  it('gives a secret by name, and the same by its ARN', async () => {
    const { get } = await start(new Map([['mixpanel/token', '{"token":"é"}']]));
    const byName = await get('mixpanel/token');
    expect(byName).toMatchObject({ Name: 'mixpanel/token', SecretString: '{"token":"é"}' });
    expect(byName.ARN).toMatch(
      /^arn:aws:secretsmanager:us-east-1:000000000000:secret:mixpanel\/token-[0-9a-f]{6}$/,
    );
    const byArn = await get(byName.ARN!);
    expect(byArn).toMatchObject({ SecretString: byName.SecretString, VersionId: byName.VersionId });
  });

  it.each([
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:token-AbC123',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:token',
  ])('knows a secret by %s', async (arn) => {
    const { get } = await start(new Map([['token', 'value']]));
    expect((await get(arn)).SecretString).toBe('value');
  });

  it('sees a secret that is added later', async () => {
    const secrets = new Map<string, string>();
    const { get } = await start(secrets);
    secrets.set('late', 'value');
    expect((await get('late')).SecretString).toBe('value');
  });

  it.each(['none', 'arn:aws:secretsmanager:us-east-1:000000000000:secret:none-AbC123'])(
    'refuses %s, which it does not have',
    async (id) => {
      const { get } = await start(new Map([['token', 'value']]));
      await expect(get(id)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: expect.stringContaining('none'),
      });
    },
  );

  it('refuses a stage that is not the current one', async () => {
    const { client } = await start(new Map([['token', 'value']]));
    const previous = new GetSecretValueCommand({ SecretId: 'token', VersionStage: 'AWSPREVIOUS' });
    await expect(client.send(previous)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('refuses other actions by name', async () => {
    const { client } = await start(new Map());
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('ListSecrets'),
    });
  });

  it.each([
    ['no JSON', 'x', 'SerializationException'],
    ['no SecretId', '{}', 'ValidationException'],
    ['too long', `"${'x'.repeat(70_000)}"`, 'ValidationException'],
  ])('refuses a request that has %s', async (_, body, type) => {
    const { endpoint } = await start(new Map());
    const headers = { 'x-amz-target': 'secretsmanager.GetSecretValue' };
    const answer = await fetch(endpoint.url, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ __type: type });
  });
});
