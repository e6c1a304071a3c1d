import { describe, expect, it } from 'vitest';
import { redactor } from '../../lib/send/redact.ts';

describe('redactor', () => {
  it('takes out a token, plain and as it is sent', () => {
    const token = '0123456789abcdef';
    const redact = redactor({ kind: 'token', token });
    expect(redact(`a ${token} b Basic ${btoa(`${token}:`)} c ${token}`)).toBe('a *** b Basic *** c ***');
  });

  it('takes out both parts of a service account, but not the project', () => {
    const redact = redactor({
      kind: 'service-account',
      username: 'user-name',
      secret: 'pass-word',
      projectId: '12345678',
    });
    expect(redact('user-name pass-word 12345678')).toBe('*** *** 12345678');
  });

  it('leaves words alone that are as short as a made-up token', () => {
    expect(redactor({ kind: 'token', token: 'test' })('latest')).toBe('latest');
  });

  it('changes nothing without credentials', () => {
    expect(redactor({ kind: 'none' })('Basic abc')).toBe('Basic abc');
  });
});
