import type { Message } from '@aws-sdk/client-sqs';
import type { InvokeResult } from '../functions/host.ts';
import { type BatchResponse, readBatchResponse } from './batch-response.ts';
import type { EventSourceMappingSettings } from './settings.ts';
import { deleteMessages, returnMessages } from './settle.ts';
import { toSqsEvent } from './sqs-event.ts';

/**
 * Invokes the function with a batch, deletes the messages that succeeded, reports.
 *
 * @throws whatever `invoke` throws; the messages then wait for the end of their visibility timeout
 */
export async function processBatch(settings: EventSourceMappingSettings, messages: Message[]): Promise<void> {
  const { sqs, queueUrl, queueArn, failureVisibilitySeconds, onError = () => {} } = settings;
  const result = await settings.invoke(toSqsEvent(messages, queueArn));
  const messageIds = messages.map(messageId);
  const response = judge(result, messageIds, settings.reportBatchItemFailures);
  const succeeded = messages.filter((message) => !response.failedIds.has(messageId(message)));

  await deleteMessages({ sqs, queueUrl, messages: succeeded, onError });
  const failedAsAWhole = result.kind !== 'ok' || response.malformed !== undefined;
  if (failedAsAWhole && failureVisibilitySeconds !== undefined) {
    await returnMessages({ sqs, queueUrl, messages, onError }, failureVisibilitySeconds);
  }
  settings.onInvocation?.({
    messageIds,
    result,
    deleted: succeeded.length,
    failed: messages.length - succeeded.length,
    malformed: response.malformed,
  });
}

const messageId = (message: Message): string => message.MessageId ?? '';

function judge(result: InvokeResult, messageIds: string[], reportsFailures: boolean): BatchResponse {
  if (result.kind !== 'ok') return { failedIds: new Set(messageIds) };
  if (!reportsFailures) return { failedIds: new Set() };
  return readBatchResponse(result.result, messageIds);
}
