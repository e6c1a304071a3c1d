/** Something seen while an import runs, where it shows, and what to turn. */
export interface Symptom {
  readonly symptom: string;
  /** Alarms of the stack. */
  readonly alarms: readonly string[];
  /** Metrics on the dashboard: those of the senders and the governor in the namespace `MixpanelFanout`, else AWS's own. */
  readonly metrics: readonly string[];
  /** Fields of the report. */
  readonly report: readonly string[];
  readonly turn: string;
}

/**
 * What to watch: the four things that any importer shows, then those that this one adds. A test looks for every name
 * in the stack and in a report, and for every alarm of the stack in here.
 */
export const SYMPTOMS: readonly Symptom[] = [
  {
    symptom: 'Memory climbs towards the budget',
    alarms: ['MemoryHigh'],
    metrics: ['PeakMemoryShare', 'HeapShare'],
    report: ['memory.peakMB', 'timing.stages.memory'],
    turn: '`requestsInFlight` down first, then `highWater` and `recordsPerBatch`; `throttleMemory` and `aggressiveGC` on; else `memory` up. Senders have a budget each, so `workers` changes nothing for them; the governor takes two away all the same while a heap is above 75 %.',
  },
  {
    symptom: 'Throughput is low, and nothing is throttled',
    alarms: [],
    metrics: ['RecordsImported', 'BytesUncompressed'],
    report: ['bottleneck', 'timing.stages', 'timing.eventsPerSecond'],
    turn: 'What `bottleneck` names: `source` – `workers` or `highWater` up, larger files; `transform` – `memory` up (it brings CPU), `compressionLevel` down; `network` – see below; `none` – `workers` up, as the governor does.',
  },
  {
    symptom: 'Progress is choppy: bursts, then nothing',
    alarms: [],
    metrics: ['ChoppyShare', 'SourceWaitShare', 'ConcurrentExecutions'],
    report: ['timing.choppyMs'],
    turn: '`highWater` up; at its maximum `requestsInFlight` up or `recordsPerBatch` down. `chunkBytes` down where senders all end at once.',
  },
  {
    symptom: 'The API refuses requests for being too many',
    alarms: ['RateLimited'],
    metrics: ['ThrottledShare'],
    report: ['requests.throttled', 'timing.stages.throttle'],
    turn: '`workers` down, as the governor does. A share above one in a hundred gains nothing: the quota is full, and only Mixpanel can raise it.',
  },
  {
    symptom: 'The network is slow',
    alarms: [],
    metrics: ['Duration'],
    report: ['timing.stages.request', 'timing.stages.backoff'],
    turn: 'Where the line is full `compressionLevel` up and `workers` down: fewer requests at once end sooner. Where only the answers are slow `requestsInFlight` up.',
  },
  {
    symptom: 'Chunks wait longer and longer',
    alarms: ['OldestChunk'],
    metrics: ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible'],
    report: ['chunks.done'],
    turn: '`workers` up, or `governor.workersMax`, unless the API throttles.',
  },
  {
    symptom: 'The number of senders does not come to rest, or not where it should',
    alarms: ['GovernorFailing'],
    metrics: ['GovernorWorkers', 'GovernorChanges', 'Errors'],
    report: ['governor'],
    turn: '`governor.workersMin` and `governor.workersMax` closer together; the report says the reason of each change.',
  },
  {
    symptom: 'Nothing is sent at all',
    alarms: ['CredentialsRefused'],
    metrics: ['GovernorPaused', 'GovernorWorkers'],
    report: ['governor'],
    turn: 'No knob: Mixpanel refuses the credentials. Correct the secret: the governor pauses the senders until then; without it (`governor.enabled: false`) chunks become dead letters, to redrive.',
  },
  {
    symptom: 'Senders run up to their time limit',
    alarms: [],
    metrics: ['Duration'],
    report: [],
    turn: '`chunkBytes` down, or `memory` up.',
  },
  {
    symptom: 'Lambda refuses to run senders',
    alarms: [],
    metrics: ['Throttles'],
    report: [],
    turn: '`workers` down, or ask AWS for more concurrent executions.',
  },
  {
    symptom: 'Messages end in a dead-letter queue',
    alarms: ['IntakeDeadLetters', 'ChunksDeadLetters', 'ReceiptsDeadLetters'],
    metrics: ['ApproximateNumberOfMessagesVisible'],
    report: ['failures'],
    turn: 'No knob: docs/runbook.md says what to look for.',
  },
];
