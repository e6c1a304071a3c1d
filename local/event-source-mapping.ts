import type { Message } from '@aws-sdk/client-sqs';
import { backOffMs, sleep } from './mapping/back-off.ts';
import { concurrencyGate } from './mapping/concurrency-gate.ts';
import { processBatch } from './mapping/process-batch.ts';
import { receiveBatch } from './mapping/receive-batch.ts';
import { checkMappingSettings, type EventSourceMappingSettings } from './mapping/settings.ts';

export type { EventSourceMappingSettings, InvocationReport } from './mapping/settings.ts';

const CLOSE_TIMEOUT_MS = 30_000;

export interface EventSourceMapping {
  /** A lower number takes effect as invocations end; none is interrupted. */
  setConcurrency(concurrency: number): void;
  /** Stops receiving. A receive that is under way may still bring one batch, which is invoked. */
  pause(): void;
  resume(): void;
  /** Nothing received waits for its outcome here. Says nothing about what is in the queue. */
  idle(): boolean;
  /** Stops receiving at once and waits up to 30 s (or `timeoutMs`) for invocations in work. */
  close(options?: { readonly timeoutMs?: number }): Promise<{ readonly unfinished: number }>;
}

/**
 * Feeds a queue to a function as Lambda's event source mapping for SQS does: it receives only while an invocation
 * may start, deletes what succeeded, and leaves the rest to the queue's visibility timeout and redrive policy.
 *
 * @throws {MappingError} MAPPING_SETTINGS_INVALID for settings that Lambda would refuse
 */
export function startEventSourceMapping(settings: EventSourceMappingSettings): EventSourceMapping {
  checkMappingSettings(settings);
  const { onError = () => {}, pollersMax = 1, batchingWindowMs = 0, waitTimeSeconds = 20 } = settings;
  const stopping = new AbortController();
  const { signal } = stopping;
  const gate = concurrencyGate(settings.concurrencyMax);
  let running = 0;

  const process = async (messages: Message[]): Promise<void> => {
    running += 1;
    await processBatch(settings, messages).catch(onError);
    running -= 1;
    gate.leave();
  };
  const poll = async (): Promise<void> => {
    let failures = 0;
    while (await gate.enter(signal)) {
      try {
        const messages = await receiveBatch({ ...settings, batchingWindowMs, waitTimeSeconds, signal });
        failures = 0;
        if (messages.length > 0) void process(messages);
        else gate.leave();
      } catch (error) {
        onError(error);
        gate.leave();
        failures += 1;
        await sleep(backOffMs(failures), signal);
      }
    }
  };
  const pollers = Promise.all(Array.from({ length: pollersMax }, poll));

  const close = async ({ timeoutMs = CLOSE_TIMEOUT_MS } = {}): Promise<{ unfinished: number }> => {
    stopping.abort();
    gate.wake();
    await pollers;
    return { unfinished: await gate.drain(timeoutMs) };
  };
  return {
    setConcurrency: (concurrency) => {
      checkMappingSettings({ ...settings, concurrencyMax: concurrency });
      gate.setCapacity(concurrency);
    },
    pause: () => gate.setOpen(false),
    resume: () => gate.setOpen(true),
    idle: () => running === 0,
    close,
  };
}
