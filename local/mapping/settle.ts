import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { backOffMs, sleep } from './back-off.ts';

const ENTRIES_MAX = 10; // per batch call, a limit of SQS
const ATTEMPTS_MAX = 5;

/** Calls one SQS batch action on messages. */
export interface BatchAction {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly messages: readonly Message[];
  /** Told about every failed attempt. */
  readonly onError: (error: unknown) => void;
}

/** Deletes messages. Those that cannot be deleted after 5 attempts come back, which every consumer must allow for. */
export function deleteMessages(action: BatchAction): Promise<void> {
  return forEntries(action, (Entries) =>
    action.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: action.queueUrl, Entries })),
  );
}

/** Makes messages visible again in `visibilitySeconds` instead of at the end of the queue's timeout. */
export function returnMessages(action: BatchAction, visibilitySeconds: number): Promise<void> {
  return forEntries(action, (entries) => {
    const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: visibilitySeconds }));
    return action.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: action.queueUrl, Entries }));
  });
}

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string | undefined;
}

interface BatchAnswer {
  readonly Failed?:
    | readonly { readonly Id: string | undefined; readonly Message?: string | undefined }[]
    | undefined;
}

type Call = (entries: Entry[]) => Promise<BatchAnswer>;

async function forEntries({ messages, onError }: BatchAction, call: Call): Promise<void> {
  const entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  for (let start = 0; start < entries.length; start += ENTRIES_MAX) {
    await callUntilDone(entries.slice(start, start + ENTRIES_MAX), call, onError);
  }
}

async function callUntilDone(entries: Entry[], call: Call, onError: BatchAction['onError']): Promise<void> {
  let remaining = entries;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX && remaining.length > 0; attempt += 1) {
    if (attempt > 1) await sleep(backOffMs(attempt - 1));
    remaining = await failedEntries(remaining, call, onError);
  }
}

/** HTTP 200 can hold failures of single entries. */
async function failedEntries(
  entries: Entry[],
  call: Call,
  onError: BatchAction['onError'],
): Promise<Entry[]> {
  try {
    const { Failed = [] } = await call(entries);
    for (const { Message } of Failed)
      onError(new Error(`SQS refused an entry: ${Message ?? 'no reason given'}`));
    const failedIds = new Set(Failed.map(({ Id }) => Id));
    return entries.filter(({ Id }) => failedIds.has(Id));
  } catch (error) {
    onError(error);
    return entries;
  }
}
