import { gunzipSync } from 'node:zlib';
import type { Receipt } from '../../lib/ledger/receipt.ts';
import type { Report } from '../../lib/ledger/report.ts';
import type { ChunkMessage } from '../../lib/plan/chunk.ts';
import { LAST_DELIVERIES, receiveCountOf } from '../../lib/queue/consume.ts';
import { createdNotification } from '../../local/cloud/notification.ts';
import type { ImportEvent } from '../../local/mixpanel/import-event.ts';
import { seededRandomAt } from '../../local/mixpanel/random.ts';
import type { FaultKind, Role } from './faults.ts';
import { ATTEMPTS_MAX, ledgerEnvironment, senderEnvironment, splitterEnvironment } from './handlers.ts';
import { startMapping } from './mapping.ts';
import { underClock } from './node-under-clock.ts';
import { createProject } from './project.ts';
import { createQueue, type Queue } from './queue.ts';
import { sqsOf } from './queue-client.ts';
import type { Schedule } from './schedule.ts';
import { createObjectStore, type ObjectStore } from './store.ts';
import { s3Of } from './store-client.ts';
import { createWorld, type World } from './world.ts';

/** What a simulated import has left behind. */
export interface Outcome {
  /** Every queue is empty, and no function is at work. */
  readonly isOver: boolean;
  readonly reports: readonly Report[];
  readonly accepted: readonly ImportEvent[];
  readonly rejects: readonly RejectLine[];
  /** What the API answered, where that is kept. */
  readonly answers: readonly AnswerLine[];
  /** Everything that was ever in a queue. */
  readonly chunks: readonly ChunkMessage[];
  readonly receipts: readonly Receipt[];
  readonly dead: Readonly<Record<'intake' | 'chunks' | 'receipts', readonly string[]>>;
  readonly struck: ReadonlyMap<FaultKind, number>;
  /** How often an operator had to put dead letters back. */
  readonly redrives: number;
  /** Messages by which a function went on with what another had begun. */
  readonly continued: { readonly splits: number; readonly chunks: number };
  /** Invocations that were killed. */
  readonly kills: Readonly<Record<Role, number>>;
}

export interface RejectLine {
  readonly place: { readonly offset: number; readonly chunk: number };
  readonly reason: string;
  readonly message: string;
  readonly raw?: string;
  readonly rawBase64?: string;
}

/** An answer to one request. */
export interface AnswerLine {
  readonly place: { readonly offset: number; readonly chunk: number };
  readonly records: number;
  readonly status: number;
  readonly body: string;
}

const LEDGER_TIMEOUT_MS = 60_000;
const VISIBILITY_TIMEOUTS = 6;
const REDRIVES_MAX = 20;
const WORK = 'work';
const INBOX = 'inbox';

/** One import from its notification to its report, on a clock and a network that only the seed decides about. */
export const simulate = (schedule: Schedule, onNote?: (line: string) => void): Promise<Outcome> => {
  const random = seededRandomAt(schedule.seed, 1);
  const world = createWorld({ random, settings: schedule.settings, onNote });
  return underClock(world.clock, () => simulateIn(world, schedule));
};

const simulateIn = async (world: World, schedule: Schedule): Promise<Outcome> => {
  const store = createObjectStore(schedule.isVersioned ? [INBOX] : []);
  const project = createProject(world, schedule.poison);
  const slowBuckets = schedule.scheduled.has('source: slow') ? [INBOX] : [];
  const sent: string[][] = [[], [], []];
  const queues = {
    intake: recording(queueOf(world, 'intake', schedule.splitterTimeoutMs), sent[2]!),
    chunks: recording(queueOf(world, 'chunks', schedule.senderTimeoutMs), sent[0]!),
    receipts: recording(queueOf(world, 'receipts', LEDGER_TIMEOUT_MS), sent[1]!),
  };
  const all = Object.values(queues);
  const openInvocation = (life: Parameters<typeof s3Of>[1]) => ({
    life,
    s3: s3Of(world, life, { store, slowBuckets }),
    sqs: sqsOf(world, life, all),
  });
  const mappings = [
    startMapping(world, {
      role: 'splitter',
      queue: queues.intake,
      batchSize: 1,
      concurrency: 2,
      timeoutMs: schedule.splitterTimeoutMs,
      newEnvironment: () => splitterEnvironment(world, schedule.recipe),
      openInvocation,
      isDoomed: (record) =>
        schedule.scheduled.has('file kills the splitter') && receiveCountOf(record) <= ATTEMPTS_MAX,
    }),
    startMapping(world, {
      role: 'sender',
      queue: queues.chunks,
      batchSize: 1,
      concurrency: schedule.senders,
      timeoutMs: schedule.senderTimeoutMs,
      newEnvironment: () => senderEnvironment(world, project),
      openInvocation,
    }),
    startMapping(world, {
      role: 'ledger',
      queue: queues.receipts,
      batchSize: 10,
      concurrency: 2,
      timeoutMs: LEDGER_TIMEOUT_MS,
      newEnvironment: () => ledgerEnvironment(world),
      openInvocation,
    }),
  ];
  drop(world, schedule, store, queues.intake);
  scheduleDisasters(world, schedule, store, () => project.revokeCredentials());
  const isQuiet = () =>
    all.every((queue) => queue.size() === 0) && mappings.every(({ busy }) => busy() === 0);
  let isOver = await world.clock.run(isQuiet);
  let redrives = 0;
  for (; isOver && needsOperator(store, queues) && redrives < REDRIVES_MAX; redrives++) {
    for (const queue of all) if (queue.dead.length > 0) queue.redrive();
    isOver = await world.clock.run(isQuiet);
  }
  return {
    isOver,
    reports: readReports(store),
    accepted: [...project.events.all()],
    rejects: readLines<RejectLine>(store, 'rejects/'),
    answers: readLines<AnswerLine>(store, 'responses/'),
    chunks: sent[0]!.map((body) => JSON.parse(body) as ChunkMessage),
    receipts: sent[1]!.map((body) => JSON.parse(body) as Receipt),
    dead: { intake: queues.intake.dead, chunks: queues.chunks.dead, receipts: queues.receipts.dead },
    struck: world.faults.struck,
    redrives,
    kills: world.kills,
    continued: {
      splits: sent[2]!.filter((body) => body.includes('"resume"')).length,
      chunks: sent[0]!.filter((body) => body.includes('"continuations"')).length,
    },
  };
};

/**
 * A ledger that cannot write the report cannot say so in it, nor can a function that is killed even when it tells that
 * it gives up: the alarm of a dead-letter queue rings, and the import becomes stale.
 */
const needsOperator = (store: ObjectStore, queues: Readonly<Record<string, Queue>>): boolean => {
  const isRunning = readReports(store).every(({ state }) => state === 'running');
  const hasDead = Object.values(queues).some(({ dead }) => dead.length > 0);
  return queues.receipts!.dead.length > 0 || (isRunning && hasDead);
};

const queueOf = (world: World, name: string, timeoutMs: number): Queue =>
  createQueue(world, {
    name,
    visibilityMs: timeoutMs * VISIBILITY_TIMEOUTS,
    receiveCountMax: ATTEMPTS_MAX + LAST_DELIVERIES,
  });

const recording = (queue: Queue, bodies: string[]): Queue => ({
  ...queue,
  send: (body, delayMs) => {
    bodies.push(body);
    queue.send(body, delayMs);
  },
});

const drop = (world: World, { source, scheduled }: Schedule, store: ObjectStore, intake: Queue): void => {
  const { etag, versionId } = store.put(INBOX, source.key, source.bytes);
  const common = { bucket: INBOX, key: source.key, etag, sequencer: '1', sizeBytes: source.bytes.length };
  const notification = JSON.parse(createdNotification(common));
  if (versionId) notification.Records[0].s3.object.versionId = versionId;
  notification.Records[0].eventTime = new Date(world.clock.now()).toISOString();
  const body = JSON.stringify(notification);
  intake.send(body);
  if (scheduled.has('notification twice')) intake.send(body, world.random() * 30_000);
};

const scheduleDisasters = (
  { clock, note }: World,
  { scheduled, source, disasterAfterMs }: Schedule,
  store: ObjectStore,
  revokeCredentials: () => void,
): void => {
  const later = (fault: Parameters<typeof scheduled.has>[0], action: () => void): void => {
    if (!scheduled.has(fault)) return;
    clock.after(disasterAfterMs, () => {
      note('fault', fault);
      action();
    });
  };
  later('source: replaced', () => store.put(INBOX, source.key, anotherLike(source.bytes)));
  later('source: deleted', () => store.remove(INBOX, source.key));
  later('api: 401 from now on', revokeCredentials);
};

/** Of the same length; where it is plain, of other events. */
const anotherLike = (bytes: Buffer): Buffer => {
  const another = Buffer.from(bytes.toString('latin1').replaceAll('seen', 'SEEN'), 'latin1');
  another[another.length - 1] = 0;
  return another;
};

const readReports = (store: ObjectStore): Report[] =>
  store.keys(WORK, 'reports/').map((key) => JSON.parse(store.get(WORK, key)!.bytes.toString()) as Report);

const readLines = <Line>(store: ObjectStore, prefix: string): Line[] =>
  store
    .keys(WORK, prefix)
    .flatMap((key) => gunzipSync(store.get(WORK, key)!.bytes).toString().trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as Line);
