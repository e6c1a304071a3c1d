import { describe, expect, it } from 'vitest';
import { valueWriter } from '../../lib/frame/csv-values.ts';
import { detectFormat } from '../../lib/plan/detect.ts';
import { endpointFlaw, withoutUserInfo } from '../../lib/recipe/endpoint.ts';
import { leavesOf } from '../../lib/recipe/leaves.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { recipeSchema } from '../../lib/recipe/schema.ts';
import { quote } from '../../lib/send/quote.ts';
import { parseRetryAfter } from '../../lib/send/retry.ts';
import { parseTime } from '../../lib/transform/time.ts';
import { mapRecord } from '../transform/mapping.ts';

const CHARACTERS = 300_000;

const UNITS = [
  '1',
  '0',
  ' ',
  '-',
  '/',
  '@',
  '\\',
  '%',
  '.gz',
  'a:',
  '2026-01-01 ',
  '\u200b',
  '{"a":1e',
  '1e1',
];

/** A pattern that goes over what it has read again and again would need hours. */
describe.each(UNITS.flatMap((unit) => ['', '!', '@'].map((end) => [unit, end] as const)))(
  '%j, often, and then %j',
  (unit, end) => {
    const text = unit.repeat(CHARACTERS / unit.length) + end;

    it('is read once by every pattern that meets text from outside', () => {
      expect(parseTime(text)).toBeOneOf([undefined, 0]);
      expect(parseTime(`2026-01-01${text}`)).toBeOneOf([undefined, expect.any(Number)]);
      expect(parseRetryAfter(text, 0)).toBeOneOf([undefined, expect.any(Number)]);
      expect(parseRetryAfter(`Mon, ${text}`, 0)).toBeUndefined();
      expect(quote(text).length).toBeLessThanOrEqual(200);
      expect(endpointFlaw(text)).toContain('characters');
      expect(withoutUserInfo(text).length).toBeLessThanOrEqual(text.length + 4);
      expect(() =>
        detectFormat(Buffer.from('?'), { key: text, contentEncoding: text, recipe: parseRecipe({}) }),
      ).toThrow('has no known format');
      for (const type of ['number', 'boolean', 'date'] as const) valueWriter(type, false)(text);
      expect(valueWriter(undefined, true)(text)).toBe(JSON.stringify(text));
      expect(() => parseRecipe({ [text]: 1 })).toThrow('unknown key');
      expect(() => parseRecipe({ format: text })).toThrow('Invalid option');
      expect(mapRecord(JSON.stringify({ event: text, properties: { time: text } }))).toBeDefined();
    });
  },
);

describe('the recipe', () => {
  it('has no setting that is a pattern', () => {
    const settings = leavesOf(recipeSchema).filter(({ path, description }) =>
      /regex|regular expression|pattern|glob/i.test(`${path.join('.')} ${description}`),
    );
    expect(settings).toEqual([]);
  });
});
