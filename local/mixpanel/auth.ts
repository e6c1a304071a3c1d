export interface ServiceAccount {
  readonly username: string;
  readonly secret: string;
  readonly projectId: string;
}

/** Who may import. Without either, any well-formed credential will do. */
export interface Credentials {
  readonly token?: string;
  readonly serviceAccounts?: readonly ServiceAccount[];
}

/** What a request says about its sender. */
export interface Claim {
  readonly authorization: string | undefined;
  readonly projectId: string | undefined;
  /** The query parameter of clients older than Basic authentication; it carries the token. */
  readonly apiKey: string | undefined;
}

/**
 * A request with `project_id` is authenticated by a service account, one without by the token, given
 * as user name with an empty password. OAuth and the retired project secret are refused.
 */
export function isAuthorized(claim: Claim, credentials: Credentials | undefined): boolean {
  const basic =
    claim.authorization === undefined ? legacyBasic(claim.apiKey) : parseBasic(claim.authorization);
  if (basic === undefined || basic.username === '') return false;
  if (claim.projectId === undefined) {
    return basic.password === '' && isKnownToken(basic.username, credentials);
  }
  return basic.password !== '' && isKnownServiceAccount(basic, claim.projectId, credentials);
}

interface Basic {
  readonly username: string;
  readonly password: string;
}

function legacyBasic(apiKey: string | undefined): Basic | undefined {
  return apiKey === undefined ? undefined : { username: apiKey, password: '' };
}

function parseBasic(authorization: string): Basic | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon === -1) return undefined;
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

function isKnownToken(token: string, credentials: Credentials | undefined): boolean {
  return credentials === undefined || credentials.token === token;
}

function isKnownServiceAccount(
  { username, password }: Basic,
  projectId: string,
  credentials: Credentials | undefined,
): boolean {
  if (credentials === undefined) return true;
  const accounts = credentials.serviceAccounts ?? [];
  return accounts.some(
    (account) =>
      account.username === username && account.secret === password && account.projectId === projectId,
  );
}
