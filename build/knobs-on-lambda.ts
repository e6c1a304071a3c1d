/** What each knob of `tuning` is in a deployment, where that is not simply itself. By name; a test asks for every one. */
export const ON_LAMBDA: Readonly<Record<string, string>> = {
  workers:
    "`MaximumConcurrency` of the sender's queue: functions, not connections. 1 becomes 2. Locally the number of processes.",
  memory:
    'Memory of the function, and with it its CPU: 1,769 MB bring one vCPU. The heap gets 65 % of it (`--max-old-space-size`).',
  recordsPerBatch: 'The same.',
  bytesPerBatch: 'The same.',
  requestsInFlight:
    "Ours. A function that waits is paid like one that works, so each has several requests under way; `workers × requestsInFlight` is nearest to a single process's workers.",
  highWater:
    'Records that one sender reads ahead. Between functions the buffer is the queue, which has no bound.',
  compress: 'The same. What is not compressed costs egress: $0.09 for each GB.',
  compressionLevel: 'The same; gzip runs beside the main thread, on the CPU that `memory` brings.',
  abridged:
    'With `false` the answers are in `responses/<importId>/` in the Work bucket once their chunk is done or given up, one object for each run and MiB of them; the report says where.',
  throttleMemory: 'The same, in each sender for itself. S3 waits: the socket is not read.',
  aggressiveGC: 'The same; the function is started with `--expose-gc`.',
  verbose: 'Lines in the log of the sender. CloudWatch takes $0.50 for each GB of them.',
  adaptive: 'The splitter samples each source, by at most four reads.',
  chunkBytes:
    'Ours: what one invocation does. Small chunks are retried cheaply; large ones start fewer functions.',
  recordBytesMax: 'The same.',
};
