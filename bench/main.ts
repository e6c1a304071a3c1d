/** Runs a benchmark by its name: `npm run bench -- NAME [options]`. Each is a file of its own, which prints its result. */
const BENCHMARKS: Readonly<Record<string, string>> = {
  peer: 'events per CPU-second, beside the mixpanel-import package',
  limit: 'CPU of a sender, beside gzip alone on the same batches',
  codec: 'speed and size of ways to gzip a batch, beside the default of zlib',
  coldstart: 'what a function loads before its first event, and how long that takes',
  scale: 'cost of a terabyte planned, of a receipt among many, of an event of a large file',
  fanout: 'throughput of 2 to 16 requests under way, beside linear',
  cost: 'dollars for a terabyte, beside mixpanel-import on Fargate and Step Functions',
  guide: "throughput and memory, beside the performance guide's tables",
  calibrate: 'predictions of the planner, beside what comes out',
  memory: 'peak memory of files from 10 MB to 5 GB',
  million: 'a million events, each one ticked off',
  pacing: 'how senders share a quota',
  flights: '3,000,000 rows of Parquet and Avro, through to the simulator',
  formats: 'memory and CPU of every kind of file, at two sizes',
  framing: 'CPU of cutting and framing, by format',
};

const [name = ''] = process.argv.splice(2, 1);
if (Object.hasOwn(BENCHMARKS, name)) await import(`./${name}.ts`);
else {
  const lines = Object.entries(BENCHMARKS).map(([known, what]) => `  ${known.padEnd(10)} ${what}`);
  process.stderr.write(`Usage: npm run bench -- NAME [options]\n\n${lines.join('\n')}\n`);
  process.exitCode = 2;
}
