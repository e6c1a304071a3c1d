/** Which messages of a batch a function reported as failed; `malformed` says why all of them count as failed. */
export interface BatchResponse {
  readonly failedIds: ReadonlySet<string>;
  readonly malformed?: string;
}

/**
 * Reads what a function with `ReportBatchItemFailures` returned. Nothing, no list and an empty list mean that all
 * went well; a response that cannot be trusted fails the whole batch.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function readBatchResponse(response: unknown, messageIds: readonly string[]): BatchResponse {
  const known = new Set(messageIds);
  const failedIds = new Set<string>();
  const allFailed = (malformed: string): BatchResponse => ({ failedIds: known, malformed });

  if (response === null || response === undefined) return { failedIds };
  if (typeof response !== 'object') return allFailed(`the response is a ${typeof response}, not an object`);
  const failures = 'batchItemFailures' in response ? response.batchItemFailures : null;
  if (failures === null || failures === undefined) return { failedIds };
  if (!Array.isArray(failures)) return allFailed(`batchItemFailures is a ${typeof failures}, not a list`);
  for (const failure of failures) {
    const id: unknown = failure?.itemIdentifier;
    if (typeof id !== 'string' || id === '') return allFailed('an itemIdentifier is missing or empty');
    if (!known.has(id)) return allFailed('an itemIdentifier names no message of the batch');
    failedIds.add(id);
  }
  return { failedIds };
}
