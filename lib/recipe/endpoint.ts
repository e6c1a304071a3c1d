import { isIPv4 } from 'node:net';

/** Longest endpoint; a proxy's address with a path has a tenth of it. */
const CHARACTERS_MAX = 1_000;

/**
 * What is wrong with an endpoint as the base URL of requests, as the end of a sentence that begins with it.
 * Judged as the URL parser reads it, so another spelling of an address (`127.1`, `0x7f000001`) is that address.
 *
 * @returns undefined where it can be sent to
 */
export const endpointFlaw = (endpoint: string): string | undefined => {
  if (endpoint.length > CHARACTERS_MAX) {
    return `has ${endpoint.length} characters; ${CHARACTERS_MAX} are the most.`;
  }
  const url = URL.parse(endpoint);
  if (url === null) return 'is not a URL; write it as https://host or https://host/prefix.';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return `has the scheme ${url.protocol.slice(0, -1)}; use https.`;
  }
  if (url.username !== '' || url.password !== '') {
    return 'carries a user name or password; put credentials into the secret instead.';
  }
  if (url.search !== '' || url.hash !== '') {
    return 'ends in a query or fragment; give the base URL only.';
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'would send records and credentials unencrypted; use https (plain http is for loopback addresses only).';
  }
  return undefined;
};

/** Whether two endpoints are the same base URL; a slash at the end makes no difference. */
export const isSameEndpoint = (one: string, other: string): boolean => {
  const base = baseOf(one);
  return base !== undefined && base === baseOf(other);
};

/** @param hostname as the URL parser has made it: lower case, IPv4 in four numbers, IPv6 in brackets */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));

/** Text without the user and password of URLs in it: everything from the scheme to the last `@`. */
export const withoutUserInfo = (text: string): string => {
  const at = text.lastIndexOf('@');
  if (at < 0) return text;
  const [scheme = ''] = /^"?(?:[a-z][a-z0-9+.-]*:)?[/\\]*/i.exec(text) ?? [];
  return `${scheme.slice(0, at)}***${text.slice(at)}`;
};

const baseOf = (endpoint: string): string | undefined => {
  const url = URL.parse(endpoint);
  return url === null ? undefined : `${url.origin}${url.pathname.replace(/\/$/, '')}`;
};
