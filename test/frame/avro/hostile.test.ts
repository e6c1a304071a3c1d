import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFanoutError } from '../../../lib/errors.ts';
import { avro } from '../../../lib/frame/avro.ts';
import { memorySource } from '../../../lib/read/memory.ts';
import { ReadError } from '../../../lib/read/read-error.ts';
import { avroBytes, avroFile, frameOptions, frameTexts, long, SYNC } from './avro-files.ts';

const SCHEMA = {
  type: 'record',
  name: 'Event',
  fields: [
    { name: 'n', type: 'int' },
    { name: 'tags', type: { type: 'array', items: ['null', 'string'] } },
    { name: 'more', type: { type: 'map', values: 'double' } },
  ],
};
const records = Array.from({ length: 120 }, (_, n) => ({
  n,
  tags: n % 3 === 0 ? [] : ['a', null, `tag ${n}`],
  more: n % 4 === 0 ? { x: n / 2 } : {},
}));
const expected = records.map((record) => JSON.stringify(record));
const file = await avroFile(SCHEMA, records, { blockSize: 300 });

/** The records that come before a failure, and the failure. */
const frameToFailure = async (bytes: Buffer, range = { start: 0, end: bytes.length }) => {
  const source = memorySource(bytes, 1_000);
  const texts: string[] = [];
  try {
    for await (const group of avro.frame(source, frameOptions(source, { range })))
      texts.push(...group.map((record) => record.bytes.toString()));
    return { texts };
  } catch (error) {
    return { texts, error };
  }
};

const corrupt = (seen: string) => ({
  code: 'SOURCE_CORRUPT',
  retryable: false,
  message: expect.stringContaining(seen),
});

describe('a broken Avro file', () => {
  it.each([
    ['is too short', Buffer.from('Ob'), 'it begins with "Ob"'],
    ['is something else', Buffer.from('{"a":1}\n'), 'it begins with "{\\"a\\""'],
    ['ends in its header', file.subarray(0, 60), 'its header'],
    ['has no schema', Buffer.concat([file.subarray(0, 4), long(0), SYNC]), 'its header has no schema'],
  ])('that %s fails with what was seen', async (_, bytes, seen) => {
    await expect(frameTexts(memorySource(bytes))).rejects.toMatchObject(corrupt(seen));
  });

  it('gives all records before the place where it is cut off', async () => {
    const { texts, error } = await frameToFailure(file.subarray(0, file.length - 5));
    expect(error).toMatchObject(corrupt('it ends inside the block at byte'));
    expect(texts.length).toBeGreaterThan(90);
    expect(texts).toEqual(expected.slice(0, texts.length));
  });

  it('gives all records before a marker that is not the right one', async () => {
    const bytes = Buffer.from(file);
    bytes[bytes.lastIndexOf(SYNC, file.length - 20)]! ^= 1;
    const { texts, error } = await frameToFailure(bytes);
    expect(error).toMatchObject(corrupt('does not end with the sync marker'));
    expect(texts).toEqual(expected.slice(0, texts.length));
    expect(texts.length).toBeGreaterThan(50);
  });

  it('gives the records of a block up to the one that cannot be read', async () => {
    const bytes = avroBytes('"string"', [
      { count: 3, data: Buffer.concat([long(1), Buffer.from('a'), long(1), Buffer.from('b'), long(500)]) },
    ]);
    const { texts, error } = await frameToFailure(bytes);
    expect(texts).toEqual(['"a"', '"b"']);
    expect(error).toMatchObject(corrupt('a length of 500'));
  });

  it('is found out where a block has more bytes than its records', async () => {
    const bytes = avroBytes('"int"', [{ count: 1, data: Buffer.concat([long(1), long(2)]) }]);
    const { texts, error } = await frameToFailure(bytes);
    expect(texts).toEqual(['1']);
    expect(error).toMatchObject(corrupt('1 bytes are left behind its 1 records'));
  });

  it.each([
    ['a block of very many records', '"int"', { count: 2 ** 40, data: long(1) }],
    ['very many records of nothing', '"null"', { count: 2 ** 40, data: Buffer.alloc(0) }],
    ['a list of very many items', '{"type":"array","items":"int"}', { count: 1, data: long(2 ** 40) }],
    ['a list of very many nothings', '{"type":"array","items":"null"}', { count: 1, data: long(2 ** 40) }],
    ['a very long string', '"string"', { count: 1, data: long(2 ** 40) }],
    ['a string of negative length', '"string"', { count: 1, data: Buffer.from([0x03]) }],
    ['a number without an end', '"long"', { count: 1, data: Buffer.alloc(1_000, 0xff) }],
    ['an alternative that there is not', '["null","int"]', { count: 1, data: long(2) }],
  ])('is never believed: %s', async (_, schema, block) => {
    const { texts, error } = await frameToFailure(avroBytes(schema, [block]));
    expect(texts).toEqual([]);
    expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
  });

  it('is never believed: a record nested without an end', async () => {
    const schema = { type: 'record', name: 'List', fields: [{ name: 'next', type: ['null', 'List'] }] };
    const { error } = await frameToFailure(avroBytes(schema, [{ count: 1, data: Buffer.alloc(100_000, 2) }]));
    expect(error).toMatchObject(corrupt('nested more than 500 levels deep'));
  });

  it('never becomes a text that is longer than a record may be', async () => {
    const item = { type: 'record', name: 'I', fields: [{ name: 'a_long_name_'.repeat(1_000), type: 'int' }] };
    const items = Buffer.concat([long(100_000), Buffer.alloc(100_000), long(0)]);
    const bytes = avroBytes({ type: 'array', items: item }, [{ count: 1, data: items }]);
    const { texts, error } = await frameToFailure(bytes);
    expect(error).toBeUndefined();
    expect(texts).toHaveLength(1);
    expect(texts[0]).toHaveLength(1_024);
  });

  it.each(['deflate', 'zstandard'])('is refused where a block of %s is a bomb', async (codec) => {
    const bytes = avroBytes('"bytes"', [{ count: 1, data: Buffer.alloc(70 * 1024 * 1024) }], codec);
    expect(bytes.length).toBeLessThan(200_000);
    const { error } = await frameToFailure(bytes);
    expect(error).toMatchObject({ code: 'AVRO_BLOCK_TOO_LONG', retryable: false });
  });

  it('is refused where a block of bzip2 is a bomb, and found out where it is damaged', async () => {
    const block = (data: Buffer) => avroBytes('"bytes"', [{ count: 1, data }], 'bzip2');
    const bomb = readFileSync(new URL('../../fixtures/avro/zeros-70-MiB.bz2', import.meta.url));
    expect((await frameToFailure(block(bomb))).error).toMatchObject({ code: 'AVRO_BLOCK_TOO_LONG' });
    const damaged = await frameToFailure(block(bomb.subarray(0, 30)));
    expect(damaged.error).toMatchObject({ code: 'SOURCE_CORRUPT' });
  });

  it('is refused where snappy says that it is a bomb', async () => {
    const bytes = avroBytes('"int"', [{ count: 1, data: long(1) }], 'snappy');
    const block = Buffer.from(bytes);
    const prefix = block.lastIndexOf(SYNC, block.length - 17) + SYNC.length;
    const bomb = Buffer.concat([
      block.subarray(0, prefix),
      long(1),
      long(9),
      Buffer.from('ffffffff0f00000000', 'hex'),
      SYNC,
    ]);
    expect((await frameToFailure(bomb)).error).toMatchObject({ code: 'AVRO_BLOCK_TOO_LONG' });
  });

  it('is refused where a block says that it is longer than any', async () => {
    const bytes = Buffer.concat([avroBytes('"int"', []), long(1), long(2 ** 40), Buffer.alloc(50)]);
    expect((await frameToFailure(bytes)).error).toMatchObject({ code: 'AVRO_BLOCK_TOO_LONG' });
  });

  it('is found out by the checksum of snappy', async () => {
    const data = Buffer.concat([long(4), Buffer.from('safe')]);
    const damaged = avroBytes('"string"', [{ count: 1, data }], 'snappy');
    damaged.write('s', damaged.indexOf('safe') + 2);
    const { texts, error } = await frameToFailure(damaged);
    expect(texts).toEqual([]);
    expect(error).toMatchObject(corrupt('its checksum does not match'));
  });

  it.each([
    ['a codec that nobody knows', avroBytes('"int"', [], 'lzma'), 'compressed with "lzma"'],
    ['a schema that is no JSON', avroBytes('int', []), 'The schema of the Avro file'],
    ['a schema of an unknown type', avroBytes('"event"', []), 'undefined type name: event'],
  ])('is refused for %s', async (_, bytes, seen) => {
    const failure = { code: 'AVRO_UNSUPPORTED', retryable: false, message: expect.stringContaining(seen) };
    expect((await frameToFailure(bytes)).error).toMatchObject(failure);
  });

  it('passes on what the source fails with', async () => {
    const gone = new ReadError('SOURCE_VANISHED', 'It is gone.');
    const whole = memorySource(file);
    let reads = 0;
    const source = {
      ...whole,
      async *read(range: { start: number; end: number }) {
        if (reads++ > 0) throw gone;
        yield* whole.read(range);
      },
    };
    await expect(frameTexts(source)).rejects.toBe(gone);
  });

  it.each(['null', 'deflate', 'snappy', 'zstandard'])(
    'never crashes, hangs or ends in anything but a failure with a code: %s',
    async (codec) => {
      const whole = await avroFile(SCHEMA, records, { codec, blockSize: 300 });
      const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
      await fc.assert(
        fc.asyncProperty(
          fc.array(change, { maxLength: 4 }),
          fc.nat(whole.length),
          fc.nat(whole.length),
          fc.boolean(),
          async (changes, start, end, isCut) => {
            const mutant = Buffer.from(whole);
            for (const { at, value } of changes) mutant[at] = value;
            const { texts, error } = await frameToFailure(isCut ? mutant.subarray(0, end) : mutant, {
              start,
              end,
            });
            expect(error === undefined || isFanoutError(error)).toBe(true);
            for (const text of texts) JSON.parse(text);
          },
        ),
        { numRuns: 300, seed: 9 },
      );
    },
  );
});
