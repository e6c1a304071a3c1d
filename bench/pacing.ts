import { cpus } from 'node:os';
import { refusedPart, utilisation } from './pacing/figures.ts';
import { type BatchSize, type FleetOptions, simulateFleet } from './pacing/fleet.ts';
import { measureFleet } from './pacing/measure.ts';

/** Prints, as Markdown, how well senders share a quota: simulated, then measured for `MEASURED.durationMs`. */

const SIZES: Readonly<Record<string, BatchSize>> = {
  small: { records: 2_000, rawBytes: 700_000 },
  medium: { records: 2_000, rawBytes: 4_000_000 },
  large: { records: 970, rawBytes: 9_900_000 },
};
const SENDERS = [2, 4, 8, 16, 32, 64];
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const MEASURED = { senders: 8, eventsPerSecond: 1_000, recordsPerBatch: 100, durationMs: 240_000 };

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const row = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);

const header = (cells: readonly string[]): void => {
  row(cells);
  row(cells.map(() => '---'));
};

/** Used and refused parts from one minute (inclusive) to another (exclusive), over all seeds. */
const figures = async (options: FleetOptions, from: number, to: number, quotaFactor = 1): Promise<string> => {
  const runs = await Promise.all(SEEDS.map((seed) => simulateFleet({ ...options, seed })));
  const used = mean(runs.map(({ minutes }) => utilisation(minutes.slice(from, to), quotaFactor)));
  const refused = mean(runs.map(({ minutes }) => refusedPart(minutes.slice(from, to))));
  return `${percent(used)} / ${percent(refused)}`;
};

console.log(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0]?.model}\n`);

console.log('Simulated, 12 minutes: quota used / requests refused.\n');
header(['senders', ...Object.keys(SIZES)]);
for (const senders of SENDERS) {
  const cells: string[] = [];
  for (const batch of Object.values(SIZES)) cells.push(await figures({ senders, batch, minutes: 12 }, 0, 12));
  row([senders, ...cells]);
}

console.log('\nSimulated, the quota halves: each minute after it, of the new quota.\n');
for (const [name, batch] of Object.entries(SIZES)) {
  header([`senders, ${name}`, 'first', 'second', 'third', 'fourth']);
  for (const senders of SENDERS) {
    const options = { senders, batch, minutes: 7, quotaChange: { minute: 3, factor: 0.5 } };
    const cells: string[] = [];
    for (const minute of [3, 4, 5, 6]) cells.push(await figures(options, minute, minute + 1, 0.5));
    row([senders, ...cells]);
  }
  console.log();
}

console.log(`Measured: ${JSON.stringify(MEASURED)}\n`);
header(['minute', 'quota used', 'requests', 'refused']);
for (const [index, minute] of (await measureFleet(MEASURED)).entries()) {
  row([index + 1, percent(minute.utilisation), minute.requests, percent(minute.refusedPart)]);
}
