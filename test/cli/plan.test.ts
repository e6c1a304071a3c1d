import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratchFolder, type ScratchFolder } from './scratch-folder.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const FLIGHTS = fileURLToPath(new URL('../../examples/flights/', import.meta.url));
const BORDERS = /[│┌┐└┘├┤┬┴┼─]/g;

let folder: ScratchFolder;
beforeAll(async () => {
  folder = await createScratchFolder();
});
afterAll(() => folder.remove());

const plan = async (...args: string[]) => {
  const { FORCE_COLOR, ...env } = process.env;
  const child = spawn(process.execPath, [MAIN, 'plan', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr, words: stderr.replace(BORDERS, ' ').replace(/\s+/g, ' ') };
};

describe('fanout plan', () => {
  it('predicts an import by its size alone, and names what holds it back', async () => {
    const { code, stdout, words } = await plan('--bytes', '1TB', '--record-bytes', '2000');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(words).toContain('1.0 TB, 500,000,000 records: 10 workers of 512 MB');
    expect(words).toContain('throughput 16,667 events/s');
    expect(words).toContain("held back by the project's quota");
    expect(words).toContain('egress $18.');
    expect(words).toMatch(/as planned .*5 workers .*20 workers .*gzip level 1 .*gzip level 9 /);
    expect(words).toContain('us-east-1, 2026-11-22');
  });

  it('samples a file with its recipe, and writes JSON alone to stdout', async () => {
    const { code, stdout, stderr } = await plan(
      `${FLIGHTS}flights.jsonl`,
      '--recipe',
      `${FLIGHTS}recipe.json`,
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      version: 1,
      workload: { sources: 1, isStaged: false },
      responseMs: 200,
    });
    expect(document.workload.records).toBeGreaterThan(19_000);
    expect(document.workload.records).toBeLessThan(21_000);
    expect(Object.keys(document.workload.ratios)).toEqual(['1', '6', '9']);
    expect(document.plan.cost.total).toBeGreaterThan(0);
    expect(document.whatIf.length).toBeGreaterThan(2);
  });

  it('turns every knob that is given', async () => {
    const base = JSON.parse((await plan('--bytes', '100GB', '--json')).stdout);
    const knobs = ['--preset', 'large-events', '--workers', '2', '--memory', '1769', '--response-ms', '900'];
    const turned = JSON.parse(
      (await plan('--bytes', '100GB', '--json', ...knobs, '--compression-ratio', '8')).stdout,
    );
    expect(turned).toMatchObject({
      responseMs: 900,
      tuning: { workers: 2, memory: 1_769, recordsPerBatch: 500 },
      plan: { senders: 2, compressionRatio: 8, memory: { budgetMB: 1_769 } },
    });
    expect(turned.plan.caps.requests).toBeLessThan(base.plan.caps.requests);
  });

  it('shows what it reckons with', async () => {
    const { code, words } = await plan('--prices');
    expect(code).toBe(0);
    expect(words).toContain('Lambda duration, arm64 $0.0000133334 GB-second');
    expect(words).toContain('Internet egress, beyond $0.05 GB');
    expect(JSON.parse((await plan('--prices', '--json')).stdout)).toMatchObject({ date: '2026-11-22' });
  });

  it('says so where a file holds no record', async () => {
    const { code, stderr } = await plan(await folder.write('empty.jsonl', '\n'));
    expect(code).toBe(1);
    expect(stderr).toContain('No record was found');
  });

  it.each([
    [['--bytes', '5 apples'], '"5 apples" is not a size'],
    [['--bytes', '1TB', '--compression-ratio', '0.5'], '"0.5" is not a ratio'],
    [['--bytes', '1TB', '--preset', 'balancd'], 'did you mean "balanced"'],
    [['--bytes', '1TB', '--workers', '1000'], 'tuning.workers'],
    [['--bytes', '1TB', 'a.jsonl'], 'both given'],
    [['a.jsonl', '--record-bytes', '300'], '--record-bytes goes with --bytes'],
    [[], 'Nothing to plan for'],
    [['missing.jsonl'], 'matches no file'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await plan(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});
