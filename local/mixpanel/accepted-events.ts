import { SimulatorError } from './errors.ts';
import type { IdentitySystem, ImportEvent } from './import-event.ts';
import { createKeySet } from './key-set.ts';
import { dedupeKey, type StoreContext, storedEvent } from './stored-event.ts';

/** `all` keeps events, `ids` a fingerprint of each event's dedupe key, `counts` nothing but the count. */
export type Keep = 'all' | 'ids' | 'counts';

/** Events the simulator accepted, without duplicates; of duplicates the last one survives. */
export interface AcceptedEvents {
  /** @throws {SimulatorError} when there is no room; then none of them is kept */
  add(events: readonly ImportEvent[], callerIp: string): void;
  has(event: ImportEvent, callerIp: string): boolean;
  all(): Iterable<ImportEvent>;
  /** Unknown when only counts are kept. */
  unique(): number | null;
  clear(): void;
}

export interface AcceptedEventsOptions {
  readonly keep: Keep;
  readonly identity: IdentitySystem;
  /** Bound of `keep: 'all'`. */
  readonly eventsKeptMax: number;
}

export function createAcceptedEvents(options: AcceptedEventsOptions): AcceptedEvents {
  if (options.keep === 'all') return keepEvents(options);
  if (options.keep === 'ids') return keepIds(options);
  return {
    add: () => {},
    has: () => notKept("the simulator keeps counts only; start it with keep: 'ids' or 'all'"),
    all: eventsNotKept,
    unique: () => null,
    clear: () => {},
  };
}

function keepEvents({ identity, eventsKeptMax }: AcceptedEventsOptions): AcceptedEvents {
  const events = new Map<string, ImportEvent>();
  const contextOf = (callerIp: string): StoreContext => ({ identity, callerIp });
  return {
    add: (added, callerIp) => {
      if (events.size + added.length > eventsKeptMax) throw full(eventsKeptMax);
      const context = contextOf(callerIp);
      for (const event of added) events.set(dedupeKey(event, context), storedEvent(event, context));
    },
    has: (event, callerIp) => events.has(dedupeKey(event, contextOf(callerIp))),
    all: () => events.values(),
    unique: () => events.size,
    clear: () => events.clear(),
  };
}

function keepIds({ identity }: AcceptedEventsOptions): AcceptedEvents {
  const keys = createKeySet();
  return {
    add: (added, callerIp) => {
      for (const event of added) keys.add(dedupeKey(event, { identity, callerIp }));
    },
    has: (event, callerIp) => keys.has(dedupeKey(event, { identity, callerIp })),
    all: eventsNotKept,
    unique: () => keys.size,
    clear: () => keys.clear(),
  };
}

function eventsNotKept(): never {
  return notKept("the simulator does not keep events; start it with keep: 'all'");
}

function notKept(message: string): never {
  throw new SimulatorError('SIMULATOR_EVENTS_NOT_KEPT', message);
}

function full(eventsKeptMax: number): SimulatorError {
  return new SimulatorError(
    'SIMULATOR_FULL',
    `The simulator keeps at most ${eventsKeptMax} events; start it with a larger eventsKeptMax or with keep: 'ids'.`,
  );
}
