import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readRejects } from '../../lib/ledger/read-rejects.ts';
import { createRejectsWriter, type RejectEntry } from '../../lib/ledger/rejects.ts';

const entry = (offset: number, raw: Buffer, truncated = false): RejectEntry => ({
  offset,
  chunk: 2,
  reason: 'TIME_MISSING',
  message: 'no time',
  raw,
  truncated,
});

it('reads what the writer of rejects has written, byte for byte', async () => {
  const entries = [
    entry(0, Buffer.from('{"a":"é\\n\u2028"}')),
    entry(20, Buffer.from([0x7b, 0xff, 0xfe, 0x00])),
    entry(40 + 1 / 1024, Buffer.alloc(0)),
    entry(60, Buffer.from('{"long":"x'), true),
    entry(80, Buffer.alloc(5_000_000, '"')),
    { ...entry(0, Buffer.from('{}')), entry: 'd/a.jsonl' },
  ];
  const parts: Buffer[] = [];
  const writer = createRejectsWriter(async (_, body) => parts.push(body));
  for (const each of entries) await writer.add(each);
  await writer.close();
  const read = (await Promise.all(parts.map(readRejects))).flat();
  // In base64, since comparing buffers of megabytes takes seconds.
  const comparable = ({ raw, ...rest }: { raw: Buffer }) => ({ ...rest, raw: raw.toString('base64') });
  expect(read.map(comparable)).toEqual(entries.map(({ message, ...kept }) => comparable(kept)));
});

it.each([
  ['no gzip', Buffer.from('{}')],
  ['a line without a place', gzipSync('{"reason":"X","raw":"y"}\n')],
  ['more than a part can be', gzipSync(Buffer.alloc(90 * 1024 * 1024, '\n'))],
])('refuses %s', async (_, part) => {
  await expect(readRejects(part)).rejects.toThrow();
});
