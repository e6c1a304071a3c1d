import { FanoutError } from '../errors.ts';

/** What authorises a request. A token or a service account opens one project; `none` is for a simulator. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'service-account';
      readonly username: string;
      readonly secret: string;
      readonly projectId: string;
    }
  | { readonly kind: 'none' };

/** The secret does not hold usable credentials. Neither the message nor a cause repeats any of it. */
export class CredentialsError extends FanoutError {
  override readonly name = 'CredentialsError';
  readonly code = 'CREDENTIALS_INVALID';
  readonly retryable = false;
}

const SHAPES =
  'the secret must be {"token": "..."} or {"serviceAccount": "...", "secret": "...", "projectId": "..."}';

/**
 * Reads the value of the secret.
 *
 * @param secretJson `{"token"}` or `{"serviceAccount", "secret", "projectId"}`, all strings, nothing else
 * @throws {CredentialsError}
 */
export const parseCredentials = (secretJson: string): Credentials => {
  const fields = parseObject(secretJson);
  const names = Object.keys(fields).sort().join();
  if (names === 'token') {
    return { kind: 'token', token: readField(fields, 'token', { colon: false }) };
  }
  if (names === 'projectId,secret,serviceAccount') {
    return {
      kind: 'service-account',
      username: readField(fields, 'serviceAccount', { colon: false }),
      secret: readField(fields, 'secret', { colon: true }),
      projectId: readField(fields, 'projectId', { colon: false }),
    };
  }
  throw new CredentialsError(`The secret has other fields than it should: ${SHAPES}.`);
};

/** The `Authorization` header: HTTP Basic, with an empty password behind a token. */
export const authorization = (credentials: Credentials): string | undefined => {
  switch (credentials.kind) {
    case 'token':
      return basic(credentials.token, '');
    case 'service-account':
      return basic(credentials.username, credentials.secret);
    case 'none':
      return undefined;
  }
};

const parseObject = (secretJson: string): Readonly<Record<string, unknown>> => {
  let value: unknown;
  try {
    value = JSON.parse(secretJson);
  } catch {
    // The parser's error quotes its input, so it is no cause of ours.
    throw new CredentialsError(`The secret is not JSON: ${SHAPES}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CredentialsError(`The secret is not a JSON object: ${SHAPES}.`);
  }
  return { ...value };
};

const readField = (
  fields: Readonly<Record<string, unknown>>,
  name: string,
  { colon }: { colon: boolean },
): string => {
  const value = fields[name];
  if (value === '') {
    throw new CredentialsError(`"${name}" in the secret is empty; put the credentials in: ${SHAPES}.`);
  }
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new CredentialsError(
      `"${name}" in the secret must be a non-empty string of printable ASCII without spaces; copy it again.`,
    );
  }
  if (!colon && value.includes(':')) {
    throw new CredentialsError(
      `"${name}" in the secret contains a colon, which ends the user in HTTP Basic.`,
    );
  }
  return value;
};

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
