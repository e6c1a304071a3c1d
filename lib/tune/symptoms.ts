/** Something seen while an import runs, where it shows, and what to turn. */
export interface Symptom {
  readonly symptom: string;
  /** Metrics, alarms and fields of the report that show it. */
  readonly shownBy: readonly string[];
  readonly turn: string;
}

/** What to watch, most frequent first. Each name in `shownBy` exists: a test looks for it in the stack, the functions or the report. */
export const SYMPTOMS: readonly Symptom[] = [
  {
    symptom: 'Memory climbs towards the budget',
    shownBy: ['PeakMemory', 'memory.peakMB'],
    turn: '`requestsInFlight` down first, then `highWater` and `recordsPerBatch`; `throttleMemory` on; else `memory` up. Other than in one process, `workers` changes nothing here: each sender has a budget of its own.',
  },
  {
    symptom: 'Throughput is low, and nothing is throttled',
    shownBy: ['RecordsImported', 'bottleneck'],
    turn: 'What `bottleneck` names: `network` – `workers` or `requestsInFlight` up; `transform` – `memory` up (it brings CPU) or `compressionLevel` down; `source` – `workers` up.',
  },
  {
    symptom: 'Progress is choppy: bursts, then nothing',
    shownBy: ['RecordsImported', 'ConcurrentExecutions'],
    turn: '`highWater` up; `chunkBytes` down, so that senders do not all end at once.',
  },
  {
    symptom: 'The API refuses requests for being too many',
    shownBy: ['RequestsThrottled', 'bottleneck'],
    turn: '`workers` down. A share above one in a hundred gains nothing: the quota is full.',
  },
  {
    symptom: 'The network is slow',
    shownBy: ['BytesSent', 'bottleneck'],
    turn: '`compressionLevel` up, `workers` down: fewer requests at once finish sooner.',
  },
  {
    symptom: 'Chunks wait longer and longer',
    shownBy: ['OldestChunk', 'ApproximateAgeOfOldestMessage'],
    turn: '`workers` up, unless the API throttles.',
  },
  {
    symptom: 'Senders run up to their time limit',
    shownBy: ['Duration'],
    turn: '`chunkBytes` down, or `memory` up.',
  },
  {
    symptom: 'Lambda refuses to run senders',
    shownBy: ['Throttles'],
    turn: '`workers` down, or ask AWS for more concurrent executions.',
  },
  {
    symptom: 'Chunks end in the dead-letter queue',
    shownBy: ['ChunksDeadLetters'],
    turn: 'No knob: docs/runbook.md says what to look for.',
  },
];
