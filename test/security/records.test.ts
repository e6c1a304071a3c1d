import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Report } from '../../lib/ledger/report.ts';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../local/mixpanel/server.ts';
import { eventLines, jsonl } from '../local/cloud/events.ts';
import { type ScratchCloud, startScratchCloud } from '../local/cloud/scratch-cloud.ts';
import { filesBeneath, recordMessages } from './traces.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Short: a parser that quotes what it read quotes a few characters. */
const CANARY = 'c4nary';
const event = (properties: object): string => JSON.stringify({ event: 'E', properties });
const whole = { time: 1_700_000_000, distinct_id: 'u' };

/** The canary at each place from which a reason could repeat it. */
const BAD_LINES = [
  `${CANARY} is not JSON`,
  `{"event":"${CANARY}","properties":{"a":"${CANARY}`,
  `["${CANARY}"]`,
  `"${CANARY}"`,
  JSON.stringify({ event: { name: CANARY }, properties: whole }),
  event({ ...whole, time: CANARY }),
  event({ ...whole, distinct_id: { id: CANARY } }),
  event({ ...whole, note: CANARY.repeat(500) }),
  event({ ...whole, time: 4_000_000_000, note: CANARY }),
  event({ ...whole, note: { a: { b: { c: { d: { [CANARY]: CANARY } } } } } }),
];

let simulator: MixpanelSimulator;
let cloud: ScratchCloud;
let report: Report;
const logs: string[] = [];
let messages: string[];
beforeAll(async () => {
  messages = recordMessages();
  simulator = await startMixpanelSimulator({
    faults: { seed: 3, rate: 0.2, kinds: ['500', 'cut', 'html-502'] },
  });
  const tuning = { verbose: true, abridged: false, recordsPerBatch: 20, recordBytesMax: 2_048 };
  cloud = await startScratchCloud({
    endpoint: simulator.url,
    backoffFirstMs: 1,
    recipe: { tuning },
    onLog: (_, line) => logs.push(line),
    onError: (error) => logs.push(String(error)),
  });
  const path = join(cloud.folder, `events.jsonl`);
  await writeFile(path, jsonl([...eventLines('e', 300, { note: CANARY }), ...BAD_LINES]));
  report = await cloud.importOne(path);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await cloud.close();
  await simulator.close();
});

it('rejects each bad record, and keeps it in the rejects', async () => {
  expect(report.records).toMatchObject({ imported: 300, rejected: BAD_LINES.length });
  const files = await filesBeneath(join(cloud.folder, 'work', 'rejects'));
  const lines = [...files.values()].join('').trim().split('\n');
  expect(lines.filter((line) => line.includes(CANARY))).toHaveLength(BAD_LINES.length);
});

it('repeats no value of a record in logs, messages and reports, and none as a reason', async () => {
  expect(logs.filter((line) => line.includes('"batch"')).length).toBeGreaterThan(5);
  expect(messages.length).toBeGreaterThan(0);
  for (const text of [...logs, ...messages, JSON.stringify(report)]) expect(text).not.toContain(CANARY);
  const files = await filesBeneath(join(cloud.folder, 'work'));
  for (const [path, text] of files) {
    // Rejects are kept among the attempts until their chunk is settled.
    if (!/\/(rejects|attempts)\//.test(path)) expect(text, path).not.toContain(CANARY);
    for (const line of path.includes('/rejects/') ? text.trim().split('\n') : []) {
      const { reason, message } = JSON.parse(line);
      expect(`${reason} ${message}`).not.toContain(CANARY);
    }
  }
});
