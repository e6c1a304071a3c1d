import { gunzipSync } from 'node:zlib';
import type { EncodedBatch } from '../../lib/send/batch.ts';
import type { Answer, Transport } from '../../lib/send/transport.ts';
import { type AcceptedEvents, createAcceptedEvents } from '../../local/mixpanel/accepted-events.ts';
import { importBatch, type Project } from '../../local/mixpanel/import-batch.ts';
import { documentedLimits } from '../../local/mixpanel/limits.ts';
import {
  htmlReply,
  type Reply,
  serverErrorReply,
  tooLargeReply,
  tooManyRequestsReply,
  unauthorizedReply,
} from '../../local/mixpanel/responses.ts';
import { emptyStatistics } from '../../local/mixpanel/statistics.ts';
import { API_FAULTS, type ApiFault } from './faults.ts';
import { type Life, silence } from './life.ts';
import { between, type World } from './world.ts';

const REQUEST_TIMEOUT_MS = 30_000;
const EVENTS_MAX = 100_000;

/** The Mixpanel project of a simulation: the simulator's own rules and dedupe. */
export interface SimulatedProject {
  readonly events: AcceptedEvents;
  /** From now on no credentials are taken. */
  revokeCredentials(): void;
  /** The network between one invocation and the project. */
  transport(life: () => Life, authorization: string | undefined): Transport;
}

/** @param poison number of a record that kills whoever is about to send it */
export const createProject = (world: World, poison: number | undefined): SimulatedProject => {
  const { clock, random, faults } = world;
  const events = createAcceptedEvents({ keep: 'all', identity: 'original', eventsKeptMax: EVENTS_MAX });
  let isRevoked = false;
  const project: Project = {
    credentials: undefined,
    identity: 'original',
    limits: documentedLimits,
    now: clock.now,
    quota: { take: () => true, reset: () => undefined },
    events,
    stats: emptyStatistics(),
  };

  const isPoison = (batch: EncodedBatch): boolean =>
    poison !== undefined && new RegExp(`"n":${poison}[,}]`).test(textOf(batch).toString());

  const take = (batch: EncodedBatch, authorization: string | undefined, firstHalfOnly: boolean): Reply =>
    importBatch(
      {
        query: new URLSearchParams('strict=1'),
        authorization,
        contentType: 'application/x-ndjson',
        body: textOf(batch),
        callerIp: '127.0.0.1',
        firstHalfOnly,
      },
      project,
    );

  const answer = async (
    batch: EncodedBatch,
    life: Life,
    authorization: string | undefined,
  ): Promise<Answer> => {
    if (isPoison(batch)) {
      life.kill(`record ${poison} is too much`);
      return silence();
    }
    const fault = API_FAULTS.find((kind) => mayStrike(kind, batch) && faults.strikes(kind));
    const what = `posts ${batch.records}${fault ? ` (${fault})` : ''}`;
    if (fault === 'api: hang') {
      await clock.sleep(REQUEST_TIMEOUT_MS);
      return broken('no complete answer');
    }
    if (fault === 'api: slow') await clock.sleep(between(random, 1_000, REQUEST_TIMEOUT_MS - 1_000));
    const reply = await life.act('post', what, () => {
      if (isRevoked) return unauthorizedReply();
      const refusal = refusalOf(fault);
      if (refusal || fault === 'api: reset before') return refusal;
      return take(batch, authorization, fault === 'api: half taken, 503');
    });
    if (fault === 'api: half taken, 503') return answerOf(serverErrorReply(503, 'Service Unavailable'));
    if (!reply || fault === 'api: reset after' || fault === 'api: answer cut') return broken('ECONNRESET');
    return answerOf(reply);
  };

  return {
    events,
    revokeCredentials: () => {
      isRevoked = true;
    },
    transport: (life, authorization) => ({
      post: (batch, signal) => unlessAborted(answer(batch, life(), authorization), signal),
      close: async () => undefined,
    }),
  };
};

const textOf = ({ body, compressed }: EncodedBatch): Buffer =>
  compressed ? gunzipSync(body) : Buffer.from(body);

/** A record alone that is answered 413 is too large for good, which is no fault. */
const mayStrike = (kind: ApiFault, { records }: EncodedBatch): boolean =>
  records > 1 || (kind !== 'api: 413' && kind !== 'api: HTML 413');

/** What is answered before the project has seen the request. */
const refusalOf = (fault: ApiFault | undefined): Reply | undefined => {
  switch (fault) {
    case 'api: 429':
      return tooManyRequestsReply();
    case 'api: 500':
    case 'api: 502':
    case 'api: 503':
    case 'api: 504':
    case 'api: 524':
      return serverErrorReply(Number(fault.slice(-3)), 'try again');
    case 'api: HTML 200':
    case 'api: HTML 413':
    case 'api: HTML 502':
      return htmlReply(Number(fault.slice(-3)), 'a proxy');
    case 'api: 401':
      return unauthorizedReply();
    case 'api: 413':
      return tooLargeReply(documentedLimits.bodyBytesMax);
    default:
      return undefined;
  }
};

const answerOf = ({ status, body }: Reply): Answer => ({
  kind: 'answer',
  status,
  headers: {},
  bodyText: body,
  truncated: false,
});

const broken = (message: string): Answer => ({ kind: 'fault', cause: new Error(message) });

/** What was posted may arrive all the same. */
const unlessAborted = (answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    answer.then(resolve, reject);
  });
