/**
 * Imports a file of each kind at two sizes through the embedded cloud, with 512 MB for each function: peak memory of
 * splitter and senders, and whether CPU time grows as the file does.
 * `node bench/formats.ts [--megabytes N] [--kinds csv,json] [--level N] [--json] [--append]`
 * Exits 1 where a function reaches its memory, CPU time per byte grows, or a record is missing or came twice.
 */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { KINDS, type Kind } from './formats/kinds.ts';
import { measureKind } from './formats/measure.ts';
import { compare, type KindResult, sectionText, tableText, verdictText } from './formats/table.ts';
import { checkRoom } from './generate.ts';
import { lookForOthers } from './others.ts';

const BENCHMARKS = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
const MB = 1_000_000;
/** Of the smaller file. */
const SMALL_SHARE = 0.25;
/** A compressed source is staged decompressed beside it. */
const COPIES = 2;

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '2000' },
    kinds: { type: 'string' },
    level: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    append: { type: 'boolean', default: false },
  },
});
const megabytes = Number(values.megabytes);

const main = async (): Promise<void> => {
  const kinds = kindsAskedFor();
  const folder = await mkdtemp(join(tmpdir(), 'fanout-formats-'));
  const results: KindResult[] = [];
  const busyCores: number[] = [];
  try {
    await checkRoom(join(folder, 'events'), COPIES * megabytes * MB);
    for (const kind of kinds) {
      busyCores.push(await lookForOthers());
      const options = { folder, compressionLevel: Number(values.level) };
      const small = await measureKind(kind, { ...options, megabytes: megabytes * SMALL_SHARE });
      results.push(compare(small, await measureKind(kind, { ...options, megabytes })));
      process.stderr.write(`${kind.name} done\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await publish(results, Math.max(...busyCores));
};

const kindsAskedFor = (): readonly Kind[] => {
  const names = values.kinds?.split(',') ?? KINDS.map(({ name }) => name);
  return names.map((name) => {
    const kind = KINDS.find((known) => known.name === name);
    if (kind) return kind;
    throw new Error(`There is no kind "${name}"; there are ${KINDS.map((known) => known.name).join(', ')}.`);
  });
};

const publish = async (results: readonly KindResult[], busyCores: number): Promise<void> => {
  const circumstances = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
    busyCores,
    command: `node bench/formats.ts --megabytes ${megabytes} --level ${values.level}`,
  };
  if (values.json) process.stdout.write(`${JSON.stringify({ ...circumstances, results }, null, 2)}\n`);
  else process.stdout.write(`${tableText(results)}\n\n${verdictText(results)}\n`);
  if (values.append) await appendFile(BENCHMARKS, `\n${sectionText(results, circumstances)}\n`);
  if (!results.every(({ isGood }) => isGood)) process.exitCode = 1;
};

await main();
