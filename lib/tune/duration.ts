import type { Machine } from './machine.ts';

export interface FlowRate {
  readonly records: number;
  readonly chunks: number;
  readonly recordsPerChunk: number;
  readonly senders: number;
  /** Of all senders together, once all are at work. */
  readonly eventsPerSecond: number;
  /** What one sender manages when it has its caps to itself. */
  readonly senderEventsPerSecond: number;
}

/**
 * Seconds from the drop of a file to its last answer: the start, then records at a rate that grows while senders
 * join; and no less than the rounds of chunks that each sender has to do.
 */
export const durationSeconds = (flow: FlowRate, machine: Machine): number => {
  const { records, chunks, recordsPerChunk, senders, senderEventsPerSecond } = flow;
  if (records === 0) return machine.startSeconds;
  const rounds = Math.ceil(chunks / senders);
  const roundsSeconds = (rounds * recordsPerChunk) / senderEventsPerSecond;
  return startSeconds(senders, machine) + Math.max(rampedSeconds(flow, machine), roundsSeconds);
};

/** Where cores are shared, senders start one after another on them. */
const startSeconds = (senders: number, machine: Machine): number =>
  machine.startSeconds + (machine.senderStartSeconds * senders) / Math.min(machine.coresShared, senders);

/** Senders join at a steady rate until `eventsPerSecond` is reached: a ramp, then a plain. */
const rampedSeconds = ({ records, senders, eventsPerSecond }: FlowRate, machine: Machine): number => {
  const { sendersAtStart, sendersPerSecond } = machine;
  if (senders <= sendersAtStart) return records / eventsPerSecond;
  const perSender = eventsPerSecond / senders;
  const rampSeconds = (senders - sendersAtStart) / sendersPerSecond;
  const rampRecords = perSender * (sendersAtStart + senders) * 0.5 * rampSeconds;
  if (records >= rampRecords) return rampSeconds + (records - rampRecords) / eventsPerSecond;
  // perSender × (start × t + joining × t² ÷ 2) = records, solved for t.
  const each = records / perSender;
  const root = Math.sqrt(sendersAtStart ** 2 + 2 * sendersPerSecond * each);
  return (root - sendersAtStart) / sendersPerSecond;
};
