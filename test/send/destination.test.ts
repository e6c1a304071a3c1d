import { describe, expect, it } from 'vitest';
import { DestinationError, importUrl, type Region } from '../../lib/send/destination.ts';

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
  ])('refuses the endpoint %j: %s', (endpoint, message) => {
    expect(() => importUrl({ region: 'us', endpoint })).toThrow(DestinationError);
    expect(() => importUrl({ region: 'us', endpoint })).toThrow(message);
  });

  it.each(['https://user:hunter22@api.mixpanel.com', 'user:hunter22@[', 'https://user:hunter22@'])(
    'does not repeat the password in %s',
    (endpoint) => {
      expect(() => importUrl({ region: 'us', endpoint })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hunter22') }),
      );
    },
  );
});
