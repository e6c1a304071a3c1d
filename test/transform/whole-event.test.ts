import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { createEventMapper } from '../../lib/transform/event.ts';
import { isRejection } from '../../lib/transform/rejection.ts';
import { isWholeEvent } from '../../lib/transform/whole-event.ts';

const check = (text: string): boolean => {
  const bytes = Buffer.from(text);
  return isWholeEvent(bytes, 0, bytes.length);
};

const event = (properties: string): string => `{"event":"E","properties":{${properties}}}`;
const WHOLE = '"time":1700000000,"distinct_id":"u","$insert_id":"e-1"';

const map = createEventMapper(parseRecipe({}), { uri: 'u', etag: 'e', offset: 0 });

/** What a parser makes of it: the very bytes of the record can be sent. */
const parserPasses = (bytes: Buffer): boolean => {
  const mapped = map({ kind: 'record', offset: 0, nextOffset: bytes.length + 1, bytes }, true);
  return !isRejection(mapped) && mapped.body === bytes;
};

describe('isWholeEvent', () => {
  it.each([
    event(WHOLE),
    `{"properties":{${WHOLE}},"event":"E"}`,
    ` { "event" : "E" , "properties" : { "a" : [ 1 , -2.5e+3 , true , null , { } , [ ] ] , ${WHOLE} } }`,
    event(`${WHOLE},"text":"a\\n\\"\\u00e9\\\\é漢"`),
    event('"time":-1,"$user_id":"u","$insert_id":"0-1","distinct_id":7'),
    event('"time":1,"$device_id":"d","$insert_id":"nilpotent"'),
  ])('sees an event that can be sent as it is: %s', (text) => {
    expect(check(text)).toBe(true);
    expect(parserPasses(Buffer.from(text))).toBe(true);
  });

  it.each([
    ['no name', `{"properties":{${WHOLE}}}`],
    ['a blank name', `{"event":" ","properties":{${WHOLE}}}`],
    ['another key', `{"event":"E","x":1,"properties":{${WHOLE}}}`],
    ['a key twice', `{"event":"E","event":"","properties":{${WHOLE}}}`],
    ['no time', event('"distinct_id":"u","$insert_id":"e-1"')],
    ['a time with a fraction', event('"time":1.5,"distinct_id":"u","$insert_id":"e-1"')],
    ['a time in quotes', event('"time":"1","distinct_id":"u","$insert_id":"e-1"')],
    ['a time twice', event(`${WHOLE},"time":"x"`)],
    ['an escaped key', event(`${WHOLE},"\\u0074ime":"x"`)],
    ['a banned id', event('"time":1,"distinct_id":"u","$insert_id":"NULL"')],
    ['the nil id', event('"time":1,"distinct_id":"u","$insert_id":"00000000-0000-0000-0000-000000000000"')],
    ['an id that is too long', event(`"time":1,"distinct_id":"u","$insert_id":"${'a'.repeat(37)}"`)],
    ['an empty id', event('"time":1,"distinct_id":"u","$insert_id":""')],
    ['an illegal id', event('"time":1,"distinct_id":"u","$insert_id":"a_b"')],
    ['nobody', event('"time":1,"distinct_id":null,"$user_id":"","$insert_id":"e-1"')],
    ['a user that is none in the end', event('"time":1,"$user_id":"u","$user_id":"","$insert_id":"e-1"')],
    ['a control character', event(`${WHOLE},"a":"\u0001"`)],
    ['a bad escape', event(`${WHOLE},"a":"\\x"`)],
    ['half an escape', event(`${WHOLE},"a":"\\u12"`)],
    ['a number with a zero before it', event(`${WHOLE},"a":01`)],
    ['half a number', event(`${WHOLE},"a":1.`)],
    ['half a literal', event(`${WHOLE},"a":tru`)],
    ['a comma too many', event(`${WHOLE},`)],
    ['a missing colon', event(`${WHOLE},"a" 1`)],
    ['a missing brace', `{"event":"E","properties":{${WHOLE}}`],
    ['a brace too many', `${event(WHOLE)}}`],
    ['an open string', event(`${WHOLE},"a":"`)],
  ])('does not vouch for %s', (_, text) => {
    expect(check(text)).toBe(false);
  });

  it('leaves records to a parser that are nested deeply', () => {
    expect(check(event(`${WHOLE},"a":${'['.repeat(50)}${']'.repeat(50)}`))).toBe(true);
    expect(check(event(`${WHOLE},"a":${'['.repeat(100_000)}${']'.repeat(100_000)}`))).toBe(false);
  });

  it('does not read on into the next record', () => {
    const bytes = Buffer.from(`{"event":"E","properties":{${WHOLE}}\n}`);
    expect(isWholeEvent(bytes, 0, bytes.indexOf('\n'))).toBe(false);
  });

  it('never vouches for what a parser would not send as it is', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const field = fc.constantFrom(
      'time',
      'distinct_id',
      '$insert_id',
      '$user_id',
      '$device_id',
      'other',
      'tim\\u0065',
    );
    const usual = fc.constantFrom<unknown>(1_700_000_000, 'u', 'e-1', 'nil', '', null, -0, 1e21, 12.5);
    const property = fc.tuple(field, fc.oneof({ weight: 3, arbitrary: usual }, value));
    const edit = fc.record({
      at: fc.nat(300),
      drop: fc.nat(2),
      put: fc.constantFrom('', '', '"', '\\', ',', '}', '{', ' ', '0', 'e', '.', '-'),
    });
    let vouched = 0;
    fc.assert(
      fc.property(
        fc.array(property, { maxLength: 4 }),
        fc.array(edit, { maxLength: 2 }),
        fc.boolean(),
        (properties, edits, isFirst) => {
          const others = properties.map(([name, of]) => `"${name}":${JSON.stringify(of)}`);
          let text = event((isFirst ? [WHOLE, ...others] : [...others, WHOLE]).join(','));
          for (const { at, drop, put } of edits) text = text.slice(0, at) + put + text.slice(at + drop);
          const bytes = Buffer.from(text);
          if (!text.endsWith('}') || !isWholeEvent(bytes, 0, bytes.length)) return;
          vouched += 1;
          expect(parserPasses(bytes)).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
    expect(vouched).toBeGreaterThan(500);
  });
});
