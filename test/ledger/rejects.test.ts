import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRejectsWriter, type RejectEntry } from '../../lib/ledger/rejects.ts';

const entry = (offset: number, raw: Buffer | string = '{}', truncated = false): RejectEntry => ({
  offset,
  chunk: 3,
  reason: 'INVALID_JSON',
  message: 'no',
  raw: Buffer.from(raw),
  truncated,
});

/** Parts as they were put. */
const startWriter = (putFails: (part: number) => boolean = () => false) => {
  const parts: { part: number; text: string }[] = [];
  const writer = createRejectsWriter(async (part, body) => {
    if (putFails(part)) throw new Error(`part ${part} was not stored`);
    parts.push({ part, text: gunzipSync(body).toString() });
  });
  return { writer, parts };
};

describe('createRejectsWriter', () => {
  it('writes each rejection with its place, its reason and the record as it stood', async () => {
    const { writer, parts } = startWriter();
    await writer.add(entry(10, 'é\n"', true));
    await writer.add(entry(20, Buffer.from([0xff, 0x00])));
    expect(await writer.close()).toBe(1);
    expect(parts.map(({ part }) => part)).toEqual([0]);
    expect(
      parts[0]!.text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        place: { offset: 10, chunk: 3 },
        reason: 'INVALID_JSON',
        message: 'no',
        raw: 'é\n"',
        truncated: true,
      },
      { place: { offset: 20, chunk: 3 }, reason: 'INVALID_JSON', message: 'no', rawBase64: '/wA=' },
    ]);
  });

  it('writes nothing where nothing was rejected', async () => {
    const { writer, parts } = startWriter();
    expect(await writer.close()).toBe(0);
    expect(parts).toEqual([]);
  });

  it('begins another part at 4 MiB, counted in bytes', async () => {
    const { writer, parts } = startWriter();
    for (let i = 0; i < 10; i++) await writer.add(entry(i, '漢'.repeat(300_000)));
    expect(parts.length).toBe(2);
    expect(await writer.close()).toBe(2);
    expect(parts.map(({ part }) => part)).toEqual([0, 1]);
    const offsets = parts
      .flatMap(({ text }) => text.trim().split('\n'))
      .map((line) => JSON.parse(line).place.offset);
    expect(offsets).toEqual([...Array(10).keys()]);
  });

  it('fails for good once a part is lost', async () => {
    let fails = true;
    const { writer, parts } = startWriter(() => fails);
    await writer.add(entry(0, 'x'.repeat(4_000_000)));
    await expect(writer.add(entry(1, 'x'.repeat(400_000)))).rejects.toThrow('part 0 was not stored');
    fails = false;
    await expect(writer.close()).rejects.toThrow('part 0 was not stored');
    expect(parts).toEqual([]);
  });
});
