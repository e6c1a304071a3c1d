import { expect, it } from 'vitest';
import { type Claim, isAuthorized } from '../../../local/mixpanel/auth.ts';

const credentials = {
  token: 'the-token',
  serviceAccounts: [{ username: 'robot', secret: 'a:b', projectId: '7' }],
};
const basic = (pair: string) => `Basic ${btoa(pair)}`;
const claim = (authorization?: string, projectId?: string, apiKey?: string): Claim => ({
  authorization,
  projectId,
  apiKey,
});

it.each([
  ['the token with an empty password', claim(basic('the-token:'))],
  ['a service account with its project', claim(basic('robot:a:b'), '7')],
  ['the token as api_key of an old client', claim(undefined, undefined, 'the-token')],
])('accepts %s', (_, given) => {
  expect(isAuthorized(given, credentials)).toBe(true);
});

it.each([
  ['nothing', claim()],
  ['another token', claim(basic('another:'))],
  ['a token with a password', claim(basic('the-token:x'))],
  ['a token with a project', claim(basic('the-token:'), '7')],
  ['a service account without a project', claim(basic('robot:a:b'))],
  ['a service account with another project', claim(basic('robot:a:b'), '8')],
  ['a wrong secret', claim(basic('robot:a'), '7')],
  ['OAuth', claim('Bearer the-token')],
  ['Basic without a colon', claim(basic('the-token'))],
  ['another api_key', claim(undefined, undefined, 'another')],
])('refuses %s', (_, given) => {
  expect(isAuthorized(given, credentials)).toBe(false);
});

it('accepts any well-formed credential when none is configured', () => {
  expect(isAuthorized(claim(basic('any:')), undefined)).toBe(true);
  expect(isAuthorized(claim(basic('any:secret'), '1'), undefined)).toBe(true);
  expect(isAuthorized(claim(basic(':')), undefined)).toBe(false);
  expect(isAuthorized(claim(), undefined)).toBe(false);
});
