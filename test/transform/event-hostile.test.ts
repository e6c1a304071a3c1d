import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { isRejection } from '../../lib/transform/rejection.ts';
import { mapRecord, rejectionOf, sentEvent, sentText } from './mapping.ts';

const PROPERTIES = { time: 1_700_000_000, distinct_id: 'u', $insert_id: 'id-1' };
const FLAT = { event: 'e', ...PROPERTIES };

describe('createEventMapper: hostile records', () => {
  it('keeps __proto__ as data and touches no prototype', () => {
    const text = '{"event":"e","time":1,"distinct_id":"u","__proto__":{"polluted":1},"a":{"__proto__":2}}';
    expect(sentText(text)).toContain('"__proto__":{"polluted":1},"a":{"__proto__":2}');
    expect(sentText(`{"event":"e","properties":{"time":1,"distinct_id":"u","__proto__":3}}`)).toContain(
      '"__proto__":3',
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('takes no column for a rejection of its own', () => {
    const columns = { code: 'API_REJECTED', message: 'no', kind: 'oversized', body: 'x', rejection: {} };
    expect(sentEvent({ ...FLAT, ...columns })).toEqual({
      event: 'e',
      properties: { ...PROPERTIES, ...columns },
    });
    expect(rejectionOf({ code: 'TIME_MISSING', message: 'no' })).toBe('EVENT_MISSING');
  });

  it('finds no field on a prototype', () => {
    expect(rejectionOf(FLAT, { fields: { event: { column: 'toString' } } })).toBe('EVENT_MISSING');
    expect(rejectionOf(FLAT, { fields: { distinct_id: { column: 'constructor' } } })).toBe(
      'DISTINCT_ID_MISSING',
    );
    expect(rejectionOf('{"__proto__":{"event":"e","time":1,"distinct_id":"u"}}')).toBe('EVENT_MISSING');
  });

  it('maps or rejects any JSON value', () => {
    const names = fc.constantFrom(
      'code',
      'message',
      'event',
      'time',
      'distinct_id',
      '$insert_id',
      'properties',
      '__proto__',
      '$user_id',
    );
    const fields = fc.record({
      event: fc.oneof(fc.string(), fc.json()),
      time: fc.oneof(fc.integer(), fc.double(), fc.string(), fc.date({ noInvalidDate: true }).map(String)),
      distinct_id: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
      more: fc.jsonValue(),
    });
    const record = fc.oneof(
      fc.json(),
      fields.map((value) => JSON.stringify(value)),
      fc.dictionary(names, fc.oneof(fields, fc.jsonValue())).map((value) => JSON.stringify(value)),
    );
    const recipes: RecipeInput[] = [
      {},
      { insertId: 'position', fields: { time: { constant: 5 }, distinct_id: { constant: '' } } },
      { fields: { event: { column: 'properties', keep: true }, $insert_id: { column: 'event' } } },
    ];
    fc.assert(
      fc.property(record, fc.constantFrom(...recipes), (text, recipe) => {
        const mapped = mapRecord(text, recipe);
        if (isRejection(mapped)) return;
        const body = mapped.body.toString();
        expect(body).not.toContain('\n');
        const { event, properties } = JSON.parse(body);
        expect(event.trim()).not.toBe('');
        expect(Number.isInteger(properties.time)).toBe(true);
        expect(properties.$insert_id).toMatch(/^[A-Za-z0-9-]{1,36}$/);
        expect(JSON.parse(sentText(body))).toEqual(JSON.parse(body));
      }),
      { numRuns: 500 },
    );
  });

  it('maps or rejects any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(isRejection(mapRecord(Buffer.from(bytes)))).toBe(true);
      }),
    );
  });
});
