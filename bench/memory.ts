import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCountingProcess } from './counting-process.ts';
import { generateEvents } from './generate.ts';
import { NO_QUOTA } from './no-quota.ts';
import { type MeasuredImport, measureImport } from './run-import.ts';

const MB = 1_000_000;

interface Case {
  readonly megabytes: number;
  readonly eventBytes: number;
}

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '10,1000,5000' },
    'large-event-megabytes': { type: 'string', default: '1000' },
    memory: { type: 'string', default: '256' },
    workers: { type: 'string', default: '2' },
    'compression-level': { type: 'string', default: '1' },
  },
});
const budgetMB = Number(values.memory);

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-bench-'));
  try {
    const results = [];
    for (const each of cases()) results.push(await run(folder, each));
    console.table(Object.fromEntries(results.map(({ name, ...row }) => [name, row])));
    process.stdout.write(`${JSON.stringify(results)}\n`);
    if (!results.every(({ ok }) => ok)) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const cases = (): Case[] => [
  ...sizes(values.megabytes).map((megabytes) => ({ megabytes, eventBytes: 300 })),
  ...sizes(values['large-event-megabytes']).map((megabytes) => ({ megabytes, eventBytes: 10_000 })),
];

const sizes = (list: string): number[] => list.split(',').map(Number).filter(Boolean);

const run = async (folder: string, { megabytes, eventBytes }: Case) => {
  const file = await generateEvents({
    path: join(folder, 'events.jsonl'),
    bytes: megabytes * MB,
    eventBytes,
  });
  const recipe = join(folder, 'recipe.json');
  await writeFile(
    recipe,
    JSON.stringify({
      destination: { quota: NO_QUOTA },
      tuning: { compressionLevel: Number(values['compression-level']) },
    }),
  );
  const server = await startCountingProcess();
  try {
    const { memory, workers } = values;
    const options = ['--endpoint', server.url, '--memory', memory, '--workers', workers, '--recipe', recipe];
    const measured = await measureImport(folder, file.path, options);
    const { events } = await server.counts();
    return resultOf(`${megabytes} MB of ${eventBytes} B`, file.events, events, measured);
  } finally {
    await server.close();
    await rm(file.path);
  }
};

const resultOf = (name: string, events: number, arrived: number, measured: MeasuredImport) => {
  const { report, peaksMB, seconds, exitCode } = measured;
  const addsUp =
    exitCode === 0 &&
    arrived === events &&
    report?.records.read === events &&
    report.records.imported === events;
  return {
    name,
    events,
    seconds: Math.round(seconds * 10) / 10,
    'events/s': report?.timing.eventsPerSecond ?? 0,
    'sender MB': Math.round(peaksMB.sender),
    'splitter MB': Math.round(peaksMB.splitter),
    'ledger MB': Math.round(peaksMB.ledger),
    'CLI MB': Math.round(peaksMB.cli),
    bottleneck: report?.bottleneck ?? 'none',
    'adds up': addsUp,
    ok: addsUp && peaksMB.sender > 0 && peaksMB.sender < budgetMB,
  };
};

await main();
