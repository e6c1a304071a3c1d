import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCountingProcess } from './counting-process.ts';
import { generateEvents } from './generate.ts';
import { NO_QUOTA } from './no-quota.ts';
import { measureImport } from './run-import.ts';

const EVENTS = Number(process.argv[2] ?? 1_000_000);

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-bench-'));
  const server = await startCountingProcess({ ids: EVENTS });
  try {
    const file = await generateEvents({ path: join(folder, 'events.jsonl'), events: EVENTS });
    const recipe = join(folder, 'recipe.json');
    await writeFile(recipe, JSON.stringify({ destination: { endpoint: server.url, quota: NO_QUOTA } }));
    const options = ['--recipe', recipe];
    const { exitCode, report, seconds, peaksMB } = await measureImport(folder, file.path, options);
    const counts = await server.counts();
    const expected = { read: EVENTS, imported: EVENTS, rejected: 0, filtered: 0 };
    const isWhole = counts.events === EVENTS && counts.missing + counts.repeated + counts.unknownIds === 0;
    const addsUp = JSON.stringify(report?.records) === JSON.stringify(expected);
    const eventsPerSecond = report?.timing.eventsPerSecond;
    console.log(
      JSON.stringify({ seconds, eventsPerSecond, peaksMB, counts, records: report?.records }, null, 2),
    );
    console.log(isWhole && addsUp && exitCode === 0 ? 'ok' : `failed (exit code ${exitCode})`);
    if (!(isWhole && addsUp && exitCode === 0)) process.exitCode = 1;
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
};

await main();
