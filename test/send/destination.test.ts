import { describe, expect, it } from 'vitest';
import { checkAllowed, DestinationError, importUrl, type Region } from '../../lib/send/destination.ts';

describe('importUrl', () => {
  it.each<[Region, string]>([
    ['us', 'https://api.mixpanel.com/import?strict=1&ip=0'],
    ['eu', 'https://api-eu.mixpanel.com/import?strict=1&ip=0'],
    ['in', 'https://api-in.mixpanel.com/import?strict=1&ip=0'],
  ])('sends region %s to its own host', (region, url) => {
    expect(importUrl({ region }).href).toBe(url);
  });

  it('names the project of a service account', () => {
    expect(importUrl({ region: 'us', projectId: '4 2&x' }).search).toBe('?strict=1&ip=0&project_id=4+2%26x');
  });

  it.each([
    ['https://proxy.example', 'https://proxy.example/import'],
    ['https://proxy.example/', 'https://proxy.example/import'],
    ['https://proxy.example/mixpanel/eu/', 'https://proxy.example/mixpanel/eu/import'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/import'],
    ['http://127.9.9.9', 'http://127.9.9.9/import'],
    ['http://localhost:1/x', 'http://localhost:1/x/import'],
    ['http://[::1]:8080', 'http://[::1]:8080/import'],
    ['HTTP://LOCALHOST', 'http://localhost/import'],
    ['http://127.1', 'http://127.0.0.1/import'],
    ['http://2130706433', 'http://127.0.0.1/import'],
    ['http://0x7f.0.0.01', 'http://127.0.0.1/import'],
    ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]/import'],
  ])('keeps the prefix of the endpoint %s', (endpoint, url) => {
    const { origin, pathname } = importUrl({ region: 'eu', endpoint });
    expect(origin + pathname).toBe(url);
  });

  it.each([
    ['api.mixpanel.com', 'is not a URL'],
    ['', 'is not a URL'],
    ['ftp://127.0.0.1', 'has the scheme ftp'],
    ['file:///etc/passwd', 'has the scheme file'],
    ['http://api.mixpanel.com', 'unencrypted'],
    ['http://127.0.0.1.example.com', 'unencrypted'],
    ['http://localhost.example.com', 'unencrypted'],
    ['http://0.0.0.0', 'unencrypted'],
    ['http://[::2]', 'unencrypted'],
    ['https://api.mixpanel.com/?strict=0', 'query or fragment'],
    ['https://api.mixpanel.com/#x', 'query or fragment'],
    ['https://user:hunter22@api.mixpanel.com', 'user name or password'],
    ['http://127.0.0.1.nip.io', 'unencrypted'],
    ['http://127.0.0.1%2eexample.com', 'unencrypted'],
    ['http://localhost.', 'unencrypted'],
    ['http://0', 'unencrypted'],
    ['http://3232235777', 'unencrypted'],
    ['http://0xa9fea9fe/latest/meta-data', 'unencrypted'],
    ['http://169.254.169.254', 'unencrypted'],
    ['http://[::ffff:10.0.0.1]', 'unencrypted'],
    ['http://[fd00:ec2::254]', 'unencrypted'],
    ['http://127.0.0.1:80@metadata.internal', 'user name or password'],
    ['http://example.com\\@127.0.0.1', 'unencrypted'],
    ['https://127.0.0.1#@example.com', 'query or fragment'],
    ['gopher://127.0.0.1', 'has the scheme gopher'],
    [`https://${'a'.repeat(1_000)}.example`, '1000 are the most'],
  ])('refuses the endpoint %j: %s', (endpoint, message) => {
    expect(() => importUrl({ region: 'us', endpoint })).toThrow(DestinationError);
    expect(() => importUrl({ region: 'us', endpoint })).toThrow(message);
  });

  it.each([
    'https://user:hunter22@api.mixpanel.com',
    'user:hunter22@[',
    'https://user:hunter22@',
    'https://user:hunter22/pass@word@host',
    'https:\\\\user:hunter22@host name',
  ])('does not repeat the password in %s', (endpoint) => {
    expect(() => importUrl({ region: 'us', endpoint })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter22') }),
    );
  });
});

describe('checkAllowed', () => {
  const allowed = ['https://proxy.example/mixpanel', 'http://127.0.0.1:8080/'];
  const check = (endpoint?: string) => checkAllowed({ region: 'us', endpoint }, allowed);

  it.each([
    undefined,
    'https://proxy.example/mixpanel',
    'https://PROXY.example:443/mixpanel/',
    'http://127.1:8080',
  ])('lets %s through', (endpoint) => {
    expect(() => check(endpoint)).not.toThrow();
  });

  it.each([
    'https://proxy.example',
    'https://proxy.example/mixpanel/..',
    'https://proxy.example.evil.example/mixpanel',
    'https://proxy.example:8443/mixpanel',
    'http://proxy.example/mixpanel',
    'http://127.0.0.1:8081',
    'http://127.0.0.1:9001/2018-06-01/runtime',
    'not a URL',
  ])('refuses %s', (endpoint) => {
    expect(() => check(endpoint)).toThrow(expect.objectContaining({ code: 'DESTINATION_NOT_ALLOWED' }));
    expect(() => check(endpoint)).toThrow('not among the 2 that this deployment allows');
  });

  it('takes two endpoints that are no URLs for different ones', () => {
    expect(() => checkAllowed({ region: 'us', endpoint: 'x' }, ['y'])).toThrow(DestinationError);
  });
});
