/**
 * Ways to gzip a batch beside zlib's default: how fast, and how small. `npm run bench -- codec [small|medium|large]...
 * [--runs N] [--json] [--append]`. Exits 1 where what the sender uses is slower than the default or larger.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { gzip as gzipCallback, gzipSync, type ZlibOptions } from 'node:zlib';
import { ndjsonBatch } from '../lib/encode/ndjson.ts';
import { installPackage } from './install.ts';
import { lookForOthers } from './others.ts';
import { medianOf, PUBLISH_OPTIONS, publish } from './publish.ts';
import { forEachSize, type SizedFile } from './sizes.ts';

const MB = 1_000_000;
const FILE_BYTES = 10 * MB;
const RECORDS_PER_BATCH = 2_000;
const FOLDER = join(import.meta.dirname, 'codec');
/** Faster or smaller by less is no difference: measurements scatter by as much. */
const NOISE_SHARE = 0.05;

type Compress = (batch: Buffer) => Promise<Uint8Array> | Uint8Array;
const gzip = promisify(gzipCallback);

interface CodecResult {
  readonly size: string;
  readonly codec: string;
  readonly megabytesPerCpuSecond: number;
  /** Bytes before and after. */
  readonly ratio: number;
}

const DEFAULT = 'zlib 6, default settings';
const OURS = 'the sender, level 6';

const zlib =
  (options: ZlibOptions): Compress =>
  (batch) =>
    gzip(batch, options);

const ours: Compress = async (batch) => {
  const run = { kind: 'run', offset: 0, bytes: batch, ends: [batch.length] } as const;
  return (await ndjsonBatch([run], { compress: true, compressionLevel: 6 }).encode()).body;
};

/** Both packages work in the thread that calls them. */
const codecs = async (): Promise<ReadonlyMap<string, Compress>> => {
  const libdeflate = await import(join(FOLDER, 'node_modules/libdeflate/index.js'));
  const fflate = await import(join(FOLDER, 'node_modules/fflate/esm/index.mjs'));
  return new Map<string, Compress>([
    [DEFAULT, zlib({ level: 6 })],
    [OURS, ours],
    ['zlib 6, in the main thread', (batch) => gzipSync(batch, { level: 6 })],
    ['zlib 6, pieces of 256 KiB', zlib({ level: 6, chunkSize: 256 * 1024 })],
    ['zlib 5', zlib({ level: 5 })],
    ['zlib 1', zlib({ level: 1 })],
    ...[1, 5, 6, 7].map((level): [string, Compress] => [
      `libdeflate ${level}`,
      (batch) => libdeflate.gzip(batch, level),
    ]),
    ['fflate 6', (batch) => fflate.gzipSync(batch, { level: 6 })],
  ]);
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, ...PUBLISH_OPTIONS },
});

const main = async (): Promise<void> => {
  await installPackage(FOLDER);
  const known = await codecs();
  const results: CodecResult[] = [];
  const busyCores: number[] = [];
  await forEachSize({ bytes: FILE_BYTES, only: positionals }, async (file) => {
    busyCores.push(await lookForOthers());
    results.push(...(await measureAll(file, known)));
  });
  await publish(publishedOf(results), results, { ...values, busyCores: Math.max(...busyCores) });
  if (worse(results).length > 0) process.exitCode = 1;
};

/** In turns, so that what else the machine does falls on all. */
const measureAll = async (
  { path, size: { name } }: SizedFile,
  known: ReadonlyMap<string, Compress>,
): Promise<CodecResult[]> => {
  const batches = batchesOf(await readFile(path));
  const bytes = batches.reduce((sum, { length }) => sum + length, 0);
  const seconds = new Map([...known.keys()].map((codec) => [codec, [] as number[]]));
  const compressed = new Map<string, number>();
  for (let run = 0; run < Number(values.runs); run++) {
    for (const [codec, compress] of known) {
      const measured = await measure(batches, compress);
      seconds.get(codec)!.push(measured.cpuSeconds);
      compressed.set(codec, measured.bytes);
    }
  }
  return [...known.keys()].map((codec) => ({
    size: name,
    codec,
    megabytesPerCpuSecond: bytes / MB / medianOf(seconds.get(codec)!),
    ratio: bytes / compressed.get(codec)!,
  }));
};

const measure = async (
  batches: readonly Buffer[],
  compress: Compress,
): Promise<{ cpuSeconds: number; bytes: number }> => {
  const started = process.cpuUsage();
  let bytes = 0;
  for (const batch of batches) bytes += (await compress(batch)).length;
  const { user, system } = process.cpuUsage(started);
  return { cpuSeconds: (user + system) / 1_000_000, bytes };
};

const batchesOf = (file: Buffer): Buffer[] => {
  const batches: Buffer[] = [];
  for (let start = 0; start < file.length; ) {
    let end = start;
    for (let records = 0; records < RECORDS_PER_BATCH && end < file.length; records++)
      end = file.indexOf('\n', end) + 1 || file.length;
    batches.push(file.subarray(start, end));
    start = end;
  }
  return batches;
};

/** Where what the sender uses is slower or larger than the default. */
const worse = (results: readonly CodecResult[]): CodecResult[] =>
  results.filter(({ codec, size, ...own }) => {
    const plain = results.find((other) => other.codec === DEFAULT && other.size === size)!;
    const isWorse =
      own.ratio < plain.ratio || own.megabytesPerCpuSecond < plain.megabytesPerCpuSecond * (1 - NOISE_SHARE);
    return codec === OURS && isWorse;
  });

const publishedOf = (results: readonly CodecResult[]) => {
  const sizes = [...new Set(results.map(({ size }) => size))];
  const cellOf = (codec: string, size: string): string => {
    const { megabytesPerCpuSecond, ratio } = results.find((one) => one.codec === codec && one.size === size)!;
    return `${megabytesPerCpuSecond.toFixed(1)} MB/s, ${ratio.toFixed(2)}`;
  };
  return {
    title: 'Ways to gzip',
    command: 'npm run bench -- codec',
    method: `Uncompressed megabytes for each second of CPU, and bytes before for each byte after, of batches of ${RECORDS_PER_BATCH} events; median of ${values.runs} runs, in turns. libdeflate 0.1.0 is WebAssembly, fflate JavaScript.`,
    head: ['way', ...sizes],
    rows: [...new Set(results.map(({ codec }) => codec))].map((codec) => [
      codec,
      ...sizes.map((size) => cellOf(codec, size)),
    ]),
    verdict:
      worse(results).length === 0
        ? 'What the sender uses is as small as the default, and as fast.'
        : `The sender is slower or larger than the default with ${worse(results)
            .map(({ size }) => size)
            .join(', ')} events.`,
  };
};

await main();
