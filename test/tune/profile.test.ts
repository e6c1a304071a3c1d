import { describe, expect, it } from 'vitest';
import { memorySource } from '../../lib/read/memory.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { extentOf } from '../../lib/tune/extent.ts';
import { findingsOf } from '../../lib/tune/findings.ts';
import { profileSamples } from '../../lib/tune/profile.ts';
import { sampleSource } from '../../lib/tune/sample.ts';
import { eventFile, eventLine } from './lines.ts';

const look = async (file: Buffer | string, recipeInput: RecipeInput = {}) => {
  const recipe = parseRecipe(recipeInput);
  const source = memorySource(Buffer.from(file));
  const samples = [await sampleSource(source, { format: 'jsonl', compression: 'none' }, recipe)];
  const profile = profileSamples(samples, recipe);
  return { profile, extent: extentOf(samples), findings: findingsOf(profile, samples, recipe) };
};

const linesOf = (records: readonly object[]): string =>
  records.map((record) => JSON.stringify(record)).join('\n');

const event = (properties: object) => ({
  event: 'View',
  properties: { time: 1_700_000_000, distinct_id: 'u', $insert_id: 'a', ...properties },
});

describe('profileSamples', () => {
  it('tells the sizes of the records, their ends included', async () => {
    const { profile } = await look(eventFile(100, (n) => (n === 99 ? 900 : 199)));
    expect(profile).toMatchObject({
      records: 100,
      sizes: { averageBytes: 207, p50Bytes: 200, p99Bytes: 200, maxBytes: 901 },
      density: 'small',
      rejected: 0,
    });
  });

  it('looks at 100 records of the beginning and 25 at each place further in', async () => {
    const { profile } = await look(eventFile(10_000));
    expect(profile.spots.map(({ records }) => records)).toEqual([100, 25, 25, 25]);
    expect(profile.records).toBe(175);
  });

  it('counts which fields are there, and which ids are of no use', async () => {
    const { profile } = await look(
      linesOf([
        event({ $insert_id: 'a' }),
        event({ $insert_id: 'a' }),
        event({ $insert_id: 'with space', distinct_id: undefined, $user_id: 'u' }),
        event({ $insert_id: undefined, time: undefined, distinct_id: undefined }),
        { properties: { time: 5 } },
      ]),
    );
    expect(profile.fields).toMatchObject({
      records: 5,
      withEvent: 4,
      withTime: 4,
      withDistinctId: 2,
      withIdentity: 3,
      withInsertId: 3,
      illegalInsertIds: 1,
      repeatedInsertIds: 1,
      columns: ['event', 'properties'],
    });
    expect(profile.byReason).toEqual({ TIME_MISSING: 1, EVENT_MISSING: 1 });
  });

  it.each([
    [1_700_000_000, 'seconds'],
    ['1700000000', 'seconds'],
    [1_700_000_000_000, 'milliseconds'],
    ['2024-01-01T00:00:00Z', 'text'],
    ['2001/01/01 00:47', 'text'],
    ['yesterday', 'unreadable'],
    [true, 'unreadable'],
  ])('reads the time %j as %s', async (time, form) => {
    const { profile } = await look(linesOf([event({ time })]));
    expect(profile.fields.timeForms).toMatchObject({ [form]: 1 });
  });

  it('finds what goes beyond the limits of the API', async () => {
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, i]));
    const { profile } = await look(
      linesOf([event({ a: { b: [{ c: { d: 1 } }] } }), event(wide), event({ list: ['x'.repeat(256)] })]),
    );
    expect(profile.fields).toMatchObject({
      nestedLevelsMax: 4,
      propertiesMax: 303,
      tooWide: 1,
      withLongString: 1,
    });
  });

  it('stands records as wide and as deep as can be', async () => {
    const wide = `{"event":"a","properties":{"list":[${'1,'.repeat(400_000)}1]}}`;
    const deep = `{"event":"a","properties":{"x":${'['.repeat(4_000)}${']'.repeat(4_000)}}}`;
    const { profile } = await look(`${deep}\n${wide}`);
    expect(profile.fields.records).toBe(2);
  });

  it('maps as the recipe says, and gives the body that would be sent', async () => {
    const fields = {
      event: { constant: 'Flight' },
      time: { column: 'date' },
      distinct_id: { column: 'origin' },
    };
    const { profile } = await look(
      linesOf([
        { date: '2001-01-01', origin: 'A' },
        { date: 5, origin: 'B' },
      ]),
      {
        fields,
      },
    );
    const lines = profile.body
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { event: 'Flight', properties: { distinct_id: 'A' } },
      { event: 'Flight', properties: { distinct_id: 'B', time: 5 } },
    ]);
    expect(profile.sentBytes).toBe(Math.round(profile.body.length / 2));
  });

  it('takes the records as they are where none can be mapped', async () => {
    const { profile } = await look('not json\nnor this\n');
    expect(profile).toMatchObject({ rejected: 2, byReason: { INVALID_JSON: 2 } });
    expect(profile.body.toString()).toBe('not json\nnor this\n');
  });

  it.each([
    ['longer', (n: number) => (n < 8_000 ? 200 : 6_000), true],
    ['a little longer', (n: number) => (n < 8_000 ? 200 : 250), false],
  ])('sees records that get %s further in, and plans for the longest', async (_, bytesOf, isDrifting) => {
    const { profile, findings } = await look(eventFile(10_000, bytesOf));
    expect(profile.isDrifting).toBe(isDrifting);
    expect(profile.planningBytes).toBeGreaterThanOrEqual(bytesOf(9_999) - 1);
    expect(findings.some(({ code }) => code === 'DRIFT')).toBe(isDrifting);
    expect(profile.density).toBe(isDrifting ? 'large' : 'small');
  });

  it('sees records that are refused further in only', async () => {
    const lines = Array.from({ length: 10_000 }, (_, n) =>
      n > 5_000 ? `oops${eventLine(n)}` : eventLine(n),
    );
    const { profile, findings } = await look(lines.join('\n'));
    expect(profile.isDrifting).toBe(true);
    expect(findings.map(({ code }) => code)).toEqual(['REJECTED', 'DRIFT']);
  });

  it('tells nothing of nothing', async () => {
    const { profile, extent, findings } = await look('');
    expect(profile).toMatchObject({ records: 0, sizes: { averageBytes: 0, maxBytes: 0 }, isDrifting: false });
    expect(extent).toEqual({ bytes: 0, records: 0, isExact: true });
    expect(findings).toEqual([]);
  });
});

describe('extentOf', () => {
  it('counts a source that was sampled whole, and estimates a larger one', async () => {
    expect((await look(eventFile(500))).extent).toMatchObject({ records: 500, isExact: true });
    const file = eventFile(20_000);
    const { extent } = await look(file);
    expect(extent).toMatchObject({ bytes: file.length, isExact: false });
    expect(Math.abs(extent.records - 20_000)).toBeLessThan(500);
  });
});

describe('findingsOf', () => {
  const codesOf = async (records: readonly object[], recipe: RecipeInput = {}): Promise<string[]> =>
    (await look(linesOf(records), recipe)).findings.map(({ code, message }) => `${code} ${message}`);

  it('has nothing to say of good events', async () => {
    expect((await look(eventFile(100))).findings).toEqual([]);
  });

  it('names the field that is missing, and the columns that are there', async () => {
    const findings = await codesOf([{ name: 'x', when: 1, who: 2 }]);
    expect(findings.filter((text) => text.startsWith('FIELD_MISSING'))).toHaveLength(3);
    expect(findings.join()).toContain('have no event (column "event"). Columns seen: name, when, who.');
  });

  it.each<[string, RecipeInput, boolean]>([
    ['become one', { insertId: 'content' }, true],
    ['stay apart', { insertId: 'position' }, false],
  ])('warns of equal records that %s', async (_, recipe, isWarned) => {
    const record = event({ $insert_id: undefined });
    const findings = await codesOf([record, record, record], recipe);
    expect(findings.some((text) => text.startsWith('EQUAL_RECORDS 2 of 3'))).toBe(isWarned);
  });

  it.each<[string, object[]]>([
    [
      'INSERT_IDS 1 of 2 records have no $insert_id',
      [event({ $insert_id: 'x' }), event({ $insert_id: undefined })],
    ],
    ['INSERT_IDS 1 of 1 records have an $insert_id that Mixpanel refuses', [event({ $insert_id: 'a b' })]],
    ['INSERT_IDS 1 records have the $insert_id of an earlier one', [event({}), event({ n: 1 })]],
    [
      'TIME_FORMS Times come in several forms: seconds (1), text (1)',
      [event({ $insert_id: 'b' }), event({ time: '2024-01-01' })],
    ],
    ['BEYOND_LIMITS 1 records have a string of more than 255', [event({ s: 'x'.repeat(300) })]],
  ])('says: %s', async (text, records) => {
    expect((await codesOf(records)).some((finding) => finding.startsWith(text))).toBe(true);
  });
});
