import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createAcceptedEvents, type Keep } from './accepted-events.ts';
import type { Credentials } from './auth.ts';
import { type Controls, controlPath, handleControl } from './control-endpoint.ts';
import { SimulatorError } from './errors.ts';
import { type FaultPlan, faultChooser } from './faults.ts';
import type { Project } from './import-batch.ts';
import { type Endpoint, handleImport, sendReply } from './import-endpoint.ts';
import type { IdentitySystem, ImportEvent } from './import-event.ts';
import { documentedLimits, type ImportLimits } from './limits.ts';
import { createQuota, documentedQuota, type QuotaLimits } from './quota.ts';
import { notFoundReply } from './responses.ts';
import { emptyStatistics, type SimulatorStats } from './statistics.ts';

export interface SimulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default: any token and any service account. */
  readonly credentials?: Credentials;
  /** Default `simplified`, as for organisations created since April 2024. */
  readonly identity?: IdentitySystem;
  /** Default 1,800,000 events and 2,000,000,000 bytes. */
  readonly quota?: QuotaLimits;
  readonly limits?: Partial<ImportLimits>;
  /** Added to every answer of `/import`. Default 0. */
  readonly responseMs?: number;
  readonly faults?: FaultPlan;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Default `all`. */
  readonly keep?: Keep;
  /** With `keep: 'all'`, more than this is answered 507. Default 1,000,000. */
  readonly eventsKeptMax?: number;
}

/** A stand-in for one Mixpanel project. */
export interface MixpanelSimulator {
  /** Base URL, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** @throws {SimulatorError} unless `keep` is `all` */
  events(): ImportEvent[];
  /** @throws {SimulatorError} unless `keep` is `all` */
  insertIds(): Set<string>;
  /**
   * Has this event, as sent, been stored?
   *
   * @throws {SimulatorError} when `keep` is `counts`
   */
  has(event: ImportEvent): boolean;
  stats(): SimulatorStats;
  /** Forgets events, totals, used quota and the place in the fault plan. */
  reset(): void;
  /** Ends every connection, those that hang included. */
  close(): Promise<void>;
}

const localIp = '127.0.0.1';

/** Starts the simulator on 127.0.0.1; docs/simulator.md says what it enforces. */
export async function startMixpanelSimulator(options: SimulatorOptions = {}): Promise<MixpanelSimulator> {
  const project = createProject(options);
  const closing = new AbortController();
  const faults = faultSequence(options.faults);
  const controls = createControls(project, faults.restart);
  const responseMs = options.responseMs ?? 0;
  const endpoint = { project, responseMs, nextFault: faults.next, closing: closing.signal };
  const server = createServer((request, response) => {
    route(request, response, endpoint, controls).catch((error: unknown) => fail(response, error));
  });
  server.keepAliveTimeout = 65_000; // longer than clients keep a connection, so they close first
  await listen(server, options.port ?? 0);
  const port = portOf(server);
  return {
    url: `http://${localIp}:${port}`,
    port,
    ...inspection(project, controls),
    reset: controls.reset,
    close: () => close(server, closing),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, localIp);
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    const message = `Port ${port} cannot be listened on (${cause.code}): stop what uses it, give another, or 0 for any free one.`;
    throw new SimulatorError('SIMULATOR_OPTION_INVALID', message, { cause });
  });
}

function createProject(options: SimulatorOptions): Project {
  const { identity = 'simplified', keep = 'all', eventsKeptMax = 1_000_000, now = Date.now } = options;
  return {
    credentials: options.credentials,
    identity,
    limits: { ...documentedLimits, ...options.limits },
    now,
    quota: createQuota(options.quota ?? documentedQuota, now),
    events: createAcceptedEvents({ keep, identity, eventsKeptMax }),
    stats: emptyStatistics(),
  };
}

function faultSequence(plan: FaultPlan | undefined) {
  const faultAt = faultChooser(plan);
  let ordinal = 0;
  return {
    next: () => faultAt(ordinal++),
    restart: () => {
      ordinal = 0;
    },
  };
}

function createControls(project: Project, restartFaults: () => void): Controls {
  return {
    stats: () => ({ ...structuredClone(project.stats), unique: project.events.unique() }),
    storedEvents: () => project.events.all(),
    reset: () => {
      project.events.clear();
      project.quota.reset();
      Object.assign(project.stats, emptyStatistics());
      restartFaults();
    },
  };
}

function inspection({ events }: Project, { stats, storedEvents }: Controls) {
  return {
    events: () => [...storedEvents()],
    insertIds: () => new Set(Array.from(storedEvents(), ({ properties }) => String(properties.$insert_id))),
    has: (event: ImportEvent) => events.has(event, localIp),
    stats,
  };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: Endpoint,
  controls: Controls,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const isImport = path === '/import' && (request.method === 'POST' || request.method === 'GET');
  if (isImport) return handleImport(request, response, endpoint);
  if (path.startsWith(controlPath)) return handleControl(`${request.method} ${path}`, response, controls);
  sendReply(response, notFoundReply(`${request.method} ${path} is not simulated; only POST /import is`));
}

/** A client that went away needs no answer; anything else is a fault of the simulator, and says so. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) response.destroy();
  else sendReply(response, { status: 500, contentType: 'text/plain', body: `simulator: ${String(error)}` });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The simulator has no TCP address.');
  return address.port;
}

async function close(server: Server, closing: AbortController): Promise<void> {
  const closed = once(server, 'close');
  closing.abort();
  server.close();
  server.closeAllConnections();
  await closed;
}
