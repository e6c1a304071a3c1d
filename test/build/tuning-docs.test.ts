import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ON_LAMBDA } from '../../build/knobs-on-lambda.ts';
import { tuningParts } from '../../build/tuning-docs.ts';
import { leavesOf } from '../../lib/recipe/leaves.ts';
import { recipeSchema } from '../../lib/recipe/schema.ts';
import { PRESET_NAMES } from '../../lib/tune/presets.ts';
import { SYMPTOMS } from '../../lib/tune/symptoms.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

describe('the tuning page', () => {
  it('says of every knob, and of nothing else, what it is on Lambda', () => {
    const knobs = leavesOf(recipeSchema).filter(({ path }) => path[0] === 'tuning');
    expect(Object.keys(ON_LAMBDA).sort()).toEqual(knobs.map(({ path }) => path.at(-1)).sort());
  });

  it('has a row for every preset', () => {
    const rows = tuningParts().presets!.split('\n').slice(2);
    expect(rows.map((row) => /`(.+?)`/.exec(row)![1])).toEqual(PRESET_NAMES);
  });

  it('plans a terabyte of every class without the API being exceeded', () => {
    const rows = tuningParts().plans!.split('\n').slice(2);
    expect(rows).toHaveLength(12);
    for (const row of rows) {
      const rate = Number(row.split('|')[3]!.replaceAll(',', ''));
      expect(rate).toBeGreaterThan(0);
      expect(rate).toBeLessThanOrEqual(30_000);
    }
  });
});

describe('a symptom', async () => {
  const constructs = (await readdir(new URL('infra/constructs', ROOT))).map(
    (name) => `infra/constructs/${name}`,
  );
  const sources = await Promise.all(
    [...constructs, 'functions/telemetry.ts', 'lib/ledger/report.ts'].map(read),
  );
  const names = [...new Set(SYMPTOMS.flatMap(({ shownBy }) => shownBy))];

  it.each(names)('shows in a metric, an alarm or a field that exists: %s', (name) => {
    const last = name.split('.').at(-1)!;
    expect(sources.filter((source) => source.includes(last))).not.toEqual([]);
  });
});
