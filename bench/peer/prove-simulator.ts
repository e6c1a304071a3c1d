import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import type { ImportEvent } from '../../local/mixpanel/import-event.ts';
import { startMixpanelSimulator } from '../../local/mixpanel/server.ts';
import { installPeer } from './run.ts';

/** Imports a generated file with the importer that others use, and compares what arrived with what was sent. */
const eventCount = 20_000;
const token = 'peer-proof-token';
const importMsMax = 2 * 60_000;
const run = promisify(execFile);
const folder = import.meta.dirname;

await installPeer();
const sent = Array.from({ length: eventCount }, (_, number) => generatedEvent(number));
const simulator = await startMixpanelSimulator({ credentials: { token } });
const scratch = await mkdtemp(join(tmpdir(), 'peer-proof-'));
try {
  const file = join(scratch, 'events.jsonl');
  await writeFile(file, sent.map((event) => JSON.stringify(event)).join('\n'));
  const { stdout } = await run('node', [join(folder, 'import-file.ts'), simulator.url, file, token], {
    timeout: importMsMax,
  });
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  const mismatches = countMismatches(sent, simulator.events());
  const proof = {
    eventsSent: eventCount,
    eventsMismatched: mismatches,
    client: summary,
    simulator: simulator.stats(),
  };
  process.stdout.write(`${JSON.stringify(proof, undefined, 2)}\n`);
  const isProven =
    mismatches === 0 && simulator.stats().unique === eventCount && summary.success === eventCount;
  process.exitCode = isProven ? 0 : 1;
} finally {
  await simulator.close();
  await rm(scratch, { recursive: true });
}

function generatedEvent(number: number): ImportEvent {
  const id = createHash('sha256').update(`peer ${number}`).digest('hex');
  return {
    event: ['Signed Up', 'Song Played', 'Größe geändert'][number % 3] ?? '',
    properties: {
      time: Date.UTC(2025, 0, 1) + number * 1_001,
      distinct_id: `user-${number % 997}`,
      $insert_id: id.slice(0, 36),
      number,
      ratio: number / 7,
      text: `${id} "quoted" \\ ${'é'.repeat(number % 40)}`,
      flag: number % 2 === 0,
      nothing: null,
      list: [number, 'two', { three: true }],
      nested: { a: { b: number } },
    },
  };
}

/** @returns how many sent events did not arrive exactly as they were */
function countMismatches(sent: readonly ImportEvent[], received: readonly ImportEvent[]): number {
  const byInsertId = new Map(received.map((event) => [event.properties.$insert_id, event]));
  return sent.filter((event) => !isDeepStrictEqual(byInsertId.get(event.properties.$insert_id), event))
    .length;
}
