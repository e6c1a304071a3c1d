import type { SQSRecord } from 'aws-lambda';
import { sqsRecord } from '../queue/sqs-record.ts';
import { between, oneOf, type World } from './world.ts';

/** A queue as SQS keeps it: at least once, in no order, and gone to the dead letters after so many deliveries. */
export interface Queue {
  readonly name: string;
  send(body: string, delayMs?: number): void;
  /** Visible messages in no order, at most `max`. They come again unless they are deleted in time. */
  receive(max: number): SQSRecord[];
  remove(messageId: string): void;
  /** Lets a message come again after so long instead of the queue's own time. */
  changeVisibility(receiptHandle: string, delayMs: number): void;
  /** Fulfilled when a message may have become visible. */
  changed(): Promise<void>;
  /** Messages that are not deleted, visible or not. */
  size(): number;
  readonly dead: readonly string[];
  /** Puts the dead letters back, as an operator does. */
  redrive(): void;
}

export interface QueueOptions {
  readonly name: string;
  readonly visibilityMs: number;
  readonly receiveCountMax: number;
}

interface Message {
  readonly id: string;
  readonly body: string;
  visibleAtMs: number;
  receives: number;
}

const LATE_MS_MAX = 600_000;

export const createQueue = (world: World, { name, visibilityMs, receiveCountMax }: QueueOptions): Queue => {
  const { clock, random, faults, note } = world;
  const messages = new Map<string, Message>();
  const dead: string[] = [];
  let sent = 0;
  let change = Promise.withResolvers<void>();

  const wake = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };

  const showAfter = (message: Message, delayMs: number): void => {
    message.visibleAtMs = clock.now() + delayMs;
    clock.after(delayMs, wake);
  };

  const send = (body: string, delayMs = 0): void => {
    const message = { id: `${name}-${sent++}`, body, visibleAtMs: 0, receives: 0 };
    messages.set(message.id, message);
    const lateMs = faults.strikes('queue: late') ? between(random, 0, LATE_MS_MAX) : 0;
    showAfter(message, delayMs + lateMs + between(random, 0, 20));
  };

  const bury = (message: Message): void => {
    messages.delete(message.id);
    dead.push(message.body);
    note(name, `${message.id} is given up after ${message.receives} deliveries`);
  };

  const take = (message: Message): SQSRecord | undefined => {
    if (message.receives >= receiveCountMax) {
      bury(message);
      return undefined;
    }
    message.receives += 1;
    const isTwice = faults.strikes('queue: duplicate');
    showAfter(message, isTwice ? between(random, 0, 3_000) : visibilityMs);
    return sqsRecord(message.id, message.body, message.receives);
  };

  const receive = (max: number): SQSRecord[] => {
    const records: SQSRecord[] = [];
    while (records.length < max) {
      const visible = [...messages.values()].filter(({ visibleAtMs }) => visibleAtMs <= clock.now());
      if (visible.length === 0) break;
      const record = take(oneOf(random, visible));
      if (record && !records.some(({ messageId }) => messageId === record.messageId)) records.push(record);
    }
    return records;
  };

  return {
    name,
    send,
    receive,
    remove: (messageId) => {
      if (!faults.strikes('queue: delete lost')) messages.delete(messageId);
    },
    changeVisibility: (receiptHandle, delayMs) => {
      const message = messages.get(receiptHandle.replace('handle of ', ''));
      if (message) showAfter(message, delayMs);
    },
    changed: () => change.promise,
    size: () => messages.size,
    dead,
    redrive: () => {
      note(name, `${dead.length} dead letters are redriven`);
      for (const body of dead.splice(0)) send(body);
    },
  };
};
