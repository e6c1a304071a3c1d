import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { Role } from './faults.ts';
import type { Environment, Invocation } from './handlers.ts';
import { type Life, startLife } from './life.ts';
import type { Queue } from './queue.ts';
import type { World } from './world.ts';

export interface MappingOptions {
  readonly role: Role;
  readonly queue: Queue;
  readonly batchSize: number;
  /** Invocations at once. */
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly newEnvironment: () => Environment;
  readonly openInvocation: (life: Life) => Invocation;
  /** Whether whoever gets this message is killed by it. */
  readonly isDoomed?: (record: SQSRecord) => boolean;
}

export interface Mapping {
  /** Invocations under way. */
  busy(): number;
}

/** An event source mapping: hands messages to a function, and deletes those that it did not fail on. */
export const startMapping = (world: World, options: MappingOptions): Mapping => {
  const { queue, role } = options;
  let busy = 0;
  let invocations = 0;

  const invoke = async (environment: Environment, records: SQSRecord[]): Promise<boolean> => {
    const life = startLife(world, {
      role,
      name: `${role}-${invocations++}`,
      timeoutMs: options.timeoutMs,
      isDoomed: records.some((record) => options.isDoomed?.(record)),
    });
    const handled = environment({ Records: records }, options.openInvocation(life)).then((response) =>
      life.act('return', 'returns', () => response),
    );
    const failed = handled.then(
      (response) => response,
      (error: unknown) => world.note(life.name, `throws ${String(error)}`),
    );
    const ended = await Promise.race([failed, life.killed]);
    life.finish();
    if (typeof ended === 'object') settle(queue, records, ended);
    return life.isAlive();
  };

  const work = async (): Promise<never> => {
    for (let environment = options.newEnvironment(); ; ) {
      const records = queue.receive(options.batchSize);
      if (records.length === 0) {
        await queue.changed();
        continue;
      }
      busy += 1;
      const survives = await invoke(environment, records);
      busy -= 1;
      if (!survives) environment = options.newEnvironment();
    }
  };

  for (let slot = 0; slot < options.concurrency; slot++) void work();
  return { busy: () => busy };
};

const settle = (
  queue: Queue,
  records: readonly SQSRecord[],
  { batchItemFailures }: SQSBatchResponse,
): void => {
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { messageId } of records) if (!failed.has(messageId)) queue.remove(messageId);
};
