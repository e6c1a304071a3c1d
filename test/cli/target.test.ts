import { afterEach, expect, it } from 'vitest';
import { openSimulator, openTarget, type Target } from '../../cli/target.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { Recipe } from '../../lib/recipe/schema.ts';
import { CredentialsError } from '../../lib/send/credentials.ts';

let target: Target | undefined;
afterEach(async () => {
  await target?.simulator?.close();
  target = undefined;
});

const recipeFor = (endpoint?: string): Recipe => parseRecipe(endpoint ? { destination: { endpoint } } : {});

it('opens a simulator, and says so, without credentials and endpoint', async () => {
  target = await openTarget(recipeFor(), {}, {});
  expect(target.note).toContain('simulator: nothing leaves this machine');
  expect(target.recipe.destination.endpoint).toBe(target.simulator!.url);
  const response = await fetch(`${target.simulator!.url}/import?strict=1`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${btoa(`${JSON.parse(target.credentialsJson).token}:`)}`,
    },
    body: JSON.stringify([
      { event: 'E', properties: { time: 1_700_000_000, distinct_id: 'u', $insert_id: 'i' } },
    ]),
  });
  expect(response.status).toBe(200);
  expect(await target.simulator!.uniqueEvents()).toBe(1);
});

it('opens a simulator for the demo whatever the recipe says', async () => {
  target = await openSimulator(recipeFor('https://example.com'));
  expect(target.recipe.destination.endpoint).toBe(target.simulator!.url);
});

it('sends to Mixpanel with credentials', async () => {
  target = await openTarget(recipeFor(), { token: 'abc' }, {});
  expect(target).toEqual({ recipe: recipeFor(), credentialsJson: '{"token":"abc"}' });
});

it.each(['http://127.0.0.1:8080', 'http://localhost:1/base', 'http://[::1]:8080', 'https://127.1.2.3'])(
  'sends a placeholder to %s without credentials, and says so',
  async (endpoint) => {
    target = await openTarget(recipeFor(endpoint), {}, {});
    expect(target.recipe).toEqual(recipeFor(endpoint));
    expect(target.note).toContain('placeholder token');
    expect(target.simulator).toBeUndefined();
  },
);

it('sends credentials to an endpoint where there are any', async () => {
  target = await openTarget(recipeFor('https://proxy.example'), {}, { MIXPANEL_TOKEN: 'abc' });
  expect(target).toEqual({ recipe: recipeFor('https://proxy.example'), credentialsJson: '{"token":"abc"}' });
});

it.each([
  [
    'an https endpoint without credentials',
    'https://proxy.example',
    {},
    UsageError,
    'No credentials for proxy.example',
  ],
  [
    'a name that only begins like loopback',
    'https://127.0.0.1.example',
    {},
    UsageError,
    'No credentials for',
  ],
  [
    'an empty token',
    undefined,
    { token: '' },
    CredentialsError,
    '"token" in the secret is empty; put the credentials in',
  ],
])('refuses %s', async (_, endpoint, flags, type, message) => {
  await expect(openTarget(recipeFor(endpoint), flags, {})).rejects.toThrow(type);
  await expect(openTarget(recipeFor(endpoint), flags, {})).rejects.toThrow(message);
});
