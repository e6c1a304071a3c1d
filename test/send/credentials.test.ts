import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { authorization, CredentialsError, parseCredentials } from '../../lib/send/credentials.ts';

const failureOf = (secretJson: string): unknown => {
  try {
    return parseCredentials(secretJson);
  } catch (error) {
    return error;
  }
};

describe('parseCredentials', () => {
  it('reads a token', () => {
    expect(parseCredentials('{"token": "0123abcd"}')).toEqual({ kind: 'token', token: '0123abcd' });
  });

  it('reads a service account', () => {
    expect(
      parseCredentials('{"serviceAccount": "fan.ab12.mp", "secret": "s:cret", "projectId": "42"}'),
    ).toEqual({ kind: 'service-account', username: 'fan.ab12.mp', secret: 's:cret', projectId: '42' });
  });

  it.each([
    ['leaked-value'],
    ['{"token": "leaked-value"'],
    ['"leaked-value"'],
    ['null'],
    ['["leaked-value"]'],
    ['{}'],
    ['{"Token": "leaked-value"}'],
    ['{"leaked-value": ""}'],
    ['{"token": "leaked-value", "secret": "leaked-value"}'],
    ['{"token": ""}'],
    ['{"token": 12}'],
    ['{"token": "leaked-value\\n"}'],
    ['{"token": "leaked value"}'],
    ['{"token": "leaked-value:"}'],
    ['{"serviceAccount": "leaked-value", "secret": "leaked-value"}'],
    ['{"serviceAccount": "leaked:value", "secret": "leaked-value", "projectId": "4"}'],
    ['{"serviceAccount": "a", "secret": "", "projectId": "4"}'],
    ['{"serviceAccount": "a", "secret": "leaked-value", "projectId": 4}'],
  ])('refuses %s without repeating it', (secretJson) => {
    const failure = failureOf(secretJson);
    expect(failure).toBeInstanceOf(CredentialsError);
    expect(failure).toMatchObject({ code: 'CREDENTIALS_INVALID', retryable: false });
    expect(inspect(failure)).not.toMatch(/leaked.value/);
  });
});

describe('authorization', () => {
  it('sends a token as a user without a password', () => {
    expect(authorization({ kind: 'token', token: 'abc' })).toBe('Basic YWJjOg==');
  });

  it('sends a service account as user and password', () => {
    expect(authorization({ kind: 'service-account', username: 'u', secret: 'p:q', projectId: '4' })).toBe(
      `Basic ${btoa('u:p:q')}`,
    );
  });

  it('sends nothing without credentials', () => {
    expect(authorization({ kind: 'none' })).toBeUndefined();
  });
});
