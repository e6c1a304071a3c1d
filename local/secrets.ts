import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

const requestBytesMax = 64 * 1024;
const arnPrefix = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';
const keepAliveTimeoutMs = 75_000;

/** A Secrets Manager endpoint on 127.0.0.1, without authentication. */
export interface SecretsEndpoint {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts an endpoint that answers GetSecretValue, by name or by ARN (of any Region and account, with or
 * without the six characters behind the name); any other action is refused by name.
 *
 * @param secrets secret strings by name; looked up per request, so later changes count
 */
export async function startSecretsEndpoint(secrets: ReadonlyMap<string, string>): Promise<SecretsEndpoint> {
  const versionId = randomUUID();
  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (request, response) => {
    answer(request, { secrets, versionId }).then(
      (value) => send(response, 200, value),
      (error: unknown) => send(response, ...describeError(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError(`No TCP address: ${address}`);
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Vault {
  readonly secrets: ReadonlyMap<string, string>;
  readonly versionId: string;
}

/** An error of the protocol, in Secrets Manager's words. */
class SecretsError extends Error {
  override readonly name = 'SecretsError';
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

async function answer(request: IncomingMessage, vault: Vault): Promise<object> {
  const body = await readJson(request);
  const action = String(request.headers['x-amz-target'] ?? '(none)').replace(/^secretsmanager\./, '');
  if (action !== 'GetSecretValue') {
    throw new SecretsError(
      'UnknownOperationException',
      `The action ${action} is not here; there is GetSecretValue.`,
    );
  }
  return getSecretValue(body, vault);
}

function getSecretValue(body: Record<string, unknown>, { secrets, versionId }: Vault): object {
  const { SecretId: id, VersionId: wanted = versionId, VersionStage: stage = 'AWSCURRENT' } = body;
  if (typeof id !== 'string' || id === '') {
    throw new SecretsError(
      'ValidationException',
      'SecretId is missing; give the name or the ARN of a secret.',
    );
  }
  const name = secrets.has(id) ? id : nameOfArn(id, secrets);
  const secret = name === undefined ? undefined : secrets.get(name);
  if (name === undefined || secret === undefined || wanted !== versionId || stage !== 'AWSCURRENT') {
    throw new SecretsError(
      'ResourceNotFoundException',
      `There is no secret ${id} with a current version as asked for; there are ${secrets.size} secrets here.`,
    );
  }
  return {
    Name: name,
    ARN: arnOf(name),
    SecretString: secret,
    VersionId: versionId,
    VersionStages: ['AWSCURRENT'],
  };
}

function nameOfArn(arn: string, secrets: ReadonlyMap<string, string>): string | undefined {
  const tail = /^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.+)$/.exec(arn)?.[1];
  if (tail === undefined) return undefined;
  return [tail, tail.replace(/-[A-Za-z0-9]{6}$/, '')].find((name) => secrets.has(name));
}

function arnOf(name: string): string {
  return `${arnPrefix}${name}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`;
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.length > requestBytesMax) {
      throw new SecretsError('ValidationException', `A request is over ${requestBytesMax} bytes.`);
    }
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Falls through to the error for every body that is no JSON object.
  }
  throw new SecretsError('SerializationException', 'The request is not a JSON object.');
}

function describeError(error: unknown): [number, object] {
  if (error instanceof SecretsError) return [400, { __type: error.type, message: error.message }];
  return [500, { __type: 'InternalServiceError', message: String(error) }];
}

function send(response: ServerResponse, status: number, value: object): void {
  const type = { 'content-type': 'application/x-amz-json-1.1' };
  // What is unread of a refused request cannot be told from a next one.
  response.writeHead(status, status === 200 ? type : { ...type, connection: 'close' });
  response.end(JSON.stringify(value));
}
