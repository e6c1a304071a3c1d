/** CPU time of finding and framing records, by format, on one core. `node bench/framing.ts [megabytes]` */
import { csv } from '../lib/frame/csv.ts';
import type { Format } from '../lib/frame/format.ts';
import { json } from '../lib/frame/json.ts';
import { memorySource } from '../lib/read/memory.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';

const MB = 1_000_000;
const PIECE_BYTES = 64 * 1024;
const RUNS = 5;

interface Sample {
  readonly name: string;
  readonly format: Format;
  readonly bytes: Buffer;
}

const eventOf = (index: number) => ({
  event: 'Page view',
  properties: {
    time: 1_700_000_000 + index,
    distinct_id: `user-${index % 5_000}`,
    $insert_id: `e-${index}`,
    url: `https://example.com/products/${index % 900}?ref=mail`,
    note: 'said "thanks" and left',
    tags: ['a', 'b', index],
  },
});

const untilBytes = (bytesMax: number, recordOf: (index: number) => string): string => {
  const parts: string[] = [];
  for (let index = 0, bytes = 0; bytes < bytesMax; index++) {
    const record = recordOf(index);
    bytes += record.length;
    parts.push(record);
  }
  return parts.join('');
};

const samples = (bytes: number): Sample[] => [
  {
    name: 'json array, compact',
    format: json,
    bytes: Buffer.from(`[${untilBytes(bytes, (index) => `${JSON.stringify(eventOf(index))},`)}{}]`),
  },
  {
    name: 'json array, pretty',
    format: json,
    bytes: Buffer.from(
      `[${untilBytes(bytes, (index) => `${JSON.stringify(eventOf(index), null, 2)},\n`)}{}]`,
    ),
  },
  {
    name: 'json array, long strings',
    format: json,
    bytes: Buffer.from(`[${untilBytes(bytes, (index) => `{"a":"${'x'.repeat(2_000)}${index}"},`)}{}]`),
  },
  {
    name: 'csv, no quotes',
    format: csv,
    bytes: Buffer.from(`event,time,distinct_id,n,url\n${untilBytes(bytes, (index) => rowOf(index, ''))}`),
  },
  {
    name: 'csv, half quoted',
    format: csv,
    bytes: Buffer.from(`event,time,distinct_id,n,url\n${untilBytes(bytes, (index) => rowOf(index, '"'))}`),
  },
];

const rowOf = (index: number, quote: string): string =>
  `${quote}Page view${quote},${1_700_000_000 + index},${quote}user-${index % 5_000}${quote},${index % 97}.5,https://example.com/products/${index % 900}?ref=mail\n`;

const cut = ({ format, bytes }: Sample): void => {
  const cutter = format.createCutter!(parseRecipe({}));
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    cutter.advance(bytes.subarray(at, at + PIECE_BYTES), bytes.length);
};

const frame = async ({ format, bytes }: Sample): Promise<void> => {
  const options = {
    range: { start: 0, end: bytes.length },
    borders: 'records',
    startsFile: true,
    endsFile: true,
    recordBytesMax: MB,
  } as const;
  const { csv: settings } = parseRecipe({});
  for await (const _ of format.frame(memorySource(bytes, PIECE_BYTES), { ...options, csv: settings }));
};

/** Of the best run: the machine may have other work. */
const megabytesPerSecond = async (work: () => unknown, bytes: number): Promise<string> => {
  let best = 0;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, bytes / (user + system));
  }
  return best.toFixed(0).padStart(6);
};

const bytes = Number(process.argv[2] ?? 50) * MB;
process.stdout.write('MB per CPU second          cut  frame\n');
for (const sample of samples(bytes)) {
  const cutting = await megabytesPerSecond(() => cut(sample), sample.bytes.length);
  const framing = await megabytesPerSecond(() => frame(sample), sample.bytes.length);
  process.stdout.write(`${sample.name.padEnd(24)}${cutting} ${framing}\n`);
}
