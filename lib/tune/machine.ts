import { GZIP_MEGABYTES_PER_SECOND } from './gzip-levels.ts';

const MB = 1_000_000;

/** What one core does in a second, and what the rest of the machine asks of it. */
export interface Speeds {
  /** Reading, framing, parsing, mapping and joining, on the main thread: per byte and per record. */
  readonly mapBytesPerSecond: number;
  readonly mapSecondsPerRecord: number;
  /** Uncompressed bytes, by gzip level. */
  readonly gzipBytesPerSecond: (level: number) => number;
}

/** Where senders run. */
export interface Machine {
  readonly name: 'lambda' | 'local';
  /** Cores of one sender. The main thread uses one at most; gzip uses the others too. */
  readonly coresPerSender: number;
  /** Cores that all senders share. */
  readonly coresShared: number;
  readonly speeds: Speeds;
  /** What one sender reads from the source, and sends, at most. */
  readonly sourceBytesPerSecond: number;
  readonly uploadBytesPerSecond: number;
  /** CPU time that object store and queues take on the same cores for what is imported, */
  readonly storeSecondsPerByte: number;
  /** and a simulator of Mixpanel, whose answers come so much later. */
  readonly serverSecondsPerRecord: number;
  readonly serverSecondsPerByte: number;
  /** From the drop of a file to its first chunk under way. */
  readonly startSeconds: number;
  /** CPU time that a sender takes to start. */
  readonly senderStartSeconds: number;
  /** From the end of one chunk to the first record of the next: receipt, message, request to S3. */
  readonly chunkSeconds: number;
  /** Senders at the start, and how many join them each second. */
  readonly sendersAtStart: number;
  readonly sendersPerSecond: number;
}

const LAMBDA_MB_PER_VCPU = 1_769;
const LAMBDA_VCPUS_MAX = 6;
/** Level 0 only copies. */
const STORE_BYTES_PER_SECOND = 500 * MB;

/**
 * Assumed of one vCPU: measured with Node 24 on event JSON and rounded down. A sender's CPU time beside gzip was 16,
 * 55 and 229 µs for events of 300, 2,000 and 10,000 bytes; JSON.parse is the smaller part of it.
 */
export const ASSUMED_SPEEDS: Speeds = {
  mapBytesPerSecond: 45 * MB,
  mapSecondsPerRecord: 9e-6,
  gzipBytesPerSecond: (level) =>
    level === 0 ? STORE_BYTES_PER_SECOND : GZIP_MEGABYTES_PER_SECOND[level]! * MB,
};

/** The lower end of what was measured for one function reading from S3: 400 to 700 Mbit/s, with 1 GB of memory or more. */
const LAMBDA_NETWORK_BYTES_PER_SECOND = 50 * MB;
/** The notification, the splitter's cold start and its work. */
const LAMBDA_START_SECONDS = 4;
const LAMBDA_SENDER_START_SECONDS = 0.6;
const LAMBDA_CHUNK_SECONDS = 0.15;
/** An event source mapping starts with 5 invocations at once and adds up to 300 a minute. */
const LAMBDA_SENDERS_AT_START = 5;
const LAMBDA_SENDERS_PER_SECOND = 300 / 60;

/** Lambda functions with this much memory, which decides on their CPU. */
export const lambdaMachine = (memoryMB: number): Machine => ({
  name: 'lambda',
  coresPerSender: Math.min(memoryMB / LAMBDA_MB_PER_VCPU, LAMBDA_VCPUS_MAX),
  coresShared: Number.POSITIVE_INFINITY,
  speeds: ASSUMED_SPEEDS,
  sourceBytesPerSecond: LAMBDA_NETWORK_BYTES_PER_SECOND,
  uploadBytesPerSecond: LAMBDA_NETWORK_BYTES_PER_SECOND,
  storeSecondsPerByte: 0,
  serverSecondsPerRecord: 0,
  serverSecondsPerByte: 0,
  startSeconds: LAMBDA_START_SECONDS,
  senderStartSeconds: LAMBDA_SENDER_START_SECONDS,
  chunkSeconds: LAMBDA_CHUNK_SECONDS,
  sendersAtStart: LAMBDA_SENDERS_AT_START,
  sendersPerSecond: LAMBDA_SENDERS_PER_SECOND,
});
