/**
 * Imports a file of each kind at two sizes through the embedded cloud, with 512 MB for each function: peak memory of
 * splitter and senders, and whether CPU time grows as the file does.
 * `node bench/formats.ts [--megabytes N] [--kinds csv,json] [--level N] [--json] [--append]`
 * Exits 1 where a function reaches its memory, CPU time per byte grows, or a record is missing or came twice.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KINDS, type Kind } from './formats/kinds.ts';
import { measureKind } from './formats/measure.ts';
import { compare, type KindResult, publishedOf } from './formats/table.ts';
import { checkRoom } from './generate.ts';
import { lookForOthers } from './others.ts';
import { PUBLISH_OPTIONS, publish } from './publish.ts';

const MB = 1_000_000;
/** Of the smaller file. */
const SMALL_SHARE = 0.25;
/** A compressed source is staged decompressed beside it. */
const COPIES = 2;

const {
  values: { level, json, append, ...values },
} = parseArgs({
  options: {
    megabytes: { type: 'string', default: '2000' },
    kinds: { type: 'string' },
    level: { type: 'string', default: '1' },
    ...PUBLISH_OPTIONS,
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
      const options = { folder, compressionLevel: Number(level) };
      const small = await measureKind(kind, { ...options, megabytes: megabytes * SMALL_SHARE });
      results.push(compare(small, await measureKind(kind, { ...options, megabytes })));
      process.stderr.write(`${kind.name} done\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const command = `npm run bench -- formats --megabytes ${megabytes} --level ${level}`;
  await publish(publishedOf(results, command), results, { json, append, busyCores: Math.max(...busyCores) });
  if (!results.every(({ isGood }) => isGood)) process.exitCode = 1;
};

const kindsAskedFor = (): readonly Kind[] => {
  const names = values.kinds?.split(',') ?? KINDS.map(({ name }) => name);
  return names.map((name) => {
    const kind = KINDS.find((known) => known.name === name);
    if (kind) return kind;
    throw new Error(`There is no kind "${name}"; there are ${KINDS.map((known) => known.name).join(', ')}.`);
  });
};

await main();
