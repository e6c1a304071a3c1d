/**
 * Compresses a file in the batches that a sender makes of it, and prints the CPU-seconds of that alone: neither of
 * reading, nor of making events and batches. `node bench/limit/gzip-alone.ts FILE RECIPE-JSON`
 */
import { createReadStream } from 'node:fs';
import type { Batch } from '../../lib/batch/batcher.ts';
import { createBatching } from '../../lib/batching.ts';
import { ndjsonBatch } from '../../lib/encode/ndjson.ts';
import { createLineFramer } from '../../lib/frame/lines.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';

const [file = '', recipeJson = '{}'] = process.argv.slice(2);
const recipe = parseRecipe(JSON.parse(recipeJson));
let cpuMicroseconds = 0;
let bytes = 0;

const compress = async (batch: Batch): Promise<void> => {
  const lines = batch.parts.map((part) => ('ends' in part ? part : part.body));
  const uncompressed = { compress: false, compressionLevel: 0 };
  const { body } = await ndjsonBatch(lines, uncompressed).encode();
  const joined = ndjsonBatch(
    [{ kind: 'run', offset: 0, bytes: Buffer.from(body), ends: [body.length] }],
    recipe.tuning,
  );
  const started = process.cpuUsage();
  await joined.encode();
  const { user, system } = process.cpuUsage(started);
  cpuMicroseconds += user + system;
  bytes += body.length;
};

const framer = createLineFramer({
  start: 0,
  end: Number.MAX_SAFE_INTEGER,
  skipPartial: false,
  startsFile: true,
  lineBytesMax: recipe.tuning.recordBytesMax,
});
const batching = createBatching({
  message: {
    recipe,
    source: { uri: file, bytes: 0, format: 'jsonl', compression: 'none' },
    sourceEtag: 'bench',
    offset: 0,
  },
});
for await (const piece of createReadStream(file)) {
  for (const record of framer.push(piece)) for (const batch of batching.add(record)) await compress(batch);
}
const last = batching.flush();
if (last) await compress(last);
process.stdout.write(`${JSON.stringify({ cpuSeconds: cpuMicroseconds / 1_000_000, bytes })}\n`);
