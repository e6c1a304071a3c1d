import { describe, expect, it } from 'vitest';
import { redactor, redactVerdict } from '../../lib/send/redact.ts';

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

  it.each([
    ['JSON', JSON.stringify],
    ['a URL', encodeURIComponent],
    ['HTML', (text: string) => text.replace('&', '&amp;').replace('"', '&quot;').replace('<', '&lt;')],
    [
      'HTML with numbers',
      (text: string) => text.replace('&', '&amp;').replace('"', '&#34;').replace('<', '&lt;'),
    ],
    ['HTML text', (text: string) => text.replace('&', '&amp;').replace('<', '&lt;')],
  ])('takes out a secret as %s spells it', (_, spell) => {
    const secret = 'ab"c&d<e/f\\g';
    const redact = redactor({ kind: 'service-account', username: 'user-name', secret, projectId: '1' });
    expect(redact(`<p>${spell(secret)}</p>`)).not.toMatch(/ab.*f/);
    expect(redact(`<p>${spell(btoa(`user-name:${secret}`))}</p>`)).toMatch(/^<p>"?\*\*\*"?<\/p>$/);
  });

  it('takes out Basic credentials without their padding', () => {
    expect(redactor({ kind: 'token', token: '0123456789' })(btoa('0123456789:').replace(/=+$/, ''))).toBe(
      '***',
    );
  });

  it('leaves words alone that are as short as a made-up token', () => {
    expect(redactor({ kind: 'token', token: 'test' })('latest')).toBe('latest');
  });

  it('changes nothing without credentials', () => {
    expect(redactor({ kind: 'none' })('Basic abc')).toBe('Basic abc');
  });
});

describe('redactVerdict', () => {
  const redact = (text: string) => text.replaceAll('hunter22', '***');

  it('redacts the reason of a batch', () => {
    const verdict = { kind: 'retry', reason: 'HTTP 500: hunter22', throttled: false } as const;
    expect(redactVerdict(verdict, redact)).toEqual({ ...verdict, reason: 'HTTP 500: ***' });
  });

  it('redacts the reason of each record', () => {
    const rejected = [{ index: 3, reason: 'no hunter22', field: 'f' }];
    expect(redactVerdict({ kind: 'accepted', imported: 1, rejected }, redact)).toEqual({
      kind: 'accepted',
      imported: 1,
      rejected: [{ index: 3, reason: 'no ***', field: 'f' }],
    });
  });
});
