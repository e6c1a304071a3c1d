import type { SQSEvent } from 'aws-lambda';
import type { FunctionHost, InvokeResult } from '../../../local/functions/host.ts';

/** A function in this process: `work` gets the event and returns the handler's result. */
export function invokeOf(work: (event: SQSEvent) => unknown): FunctionHost['invoke'] {
  return async (event): Promise<InvokeResult> => ({
    kind: 'ok',
    result: await work(event as SQSEvent),
    requestId: 'r',
    durationMs: 1,
    peakMB: 1,
  });
}

/** A function whose invocations end when the test says so. */
export function heldInvocations() {
  const release: (() => void)[] = [];
  let running = 0;
  let peak = 0;
  const invoke = invokeOf(async () => {
    running += 1;
    peak = Math.max(peak, running);
    await new Promise<void>((resolve) => release.push(resolve));
    running -= 1;
  });
  return { invoke, running: () => running, peak: () => peak, releaseOne: () => release.shift()?.() };
}
