import { crc32 } from 'node:zlib';
import { writeBytes } from './write.ts';

/** Members of gzip in an entry. */
const ENTRY_MEMBERS = 16;

/** A zip as Amplitude exports it: entries of gzipped lines, stored. At most 65,535 entries and 4 GB. */
export const writeZip = (path: string, member: Buffer, times: number): Promise<void> =>
  writeBytes(path, bytesOf(member, times));

function* bytesOf(member: Buffer, times: number): Generator<Buffer> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (let written = 0; written < times; written += ENTRY_MEMBERS) {
    const members = Math.min(ENTRY_MEMBERS, times - written);
    const content = Buffer.concat(Array<Buffer>(members).fill(member));
    const name = Buffer.from(`export/${directory.length}.jsonl.gz`);
    const fields = [...commonOf(content, name)];
    const local = Buffer.concat([numbers([0x0403_4b50, 4], ...fields), name]);
    directory.push(entryOf(fields, name, offset));
    offset += local.length + content.length;
    yield local;
    yield content;
  }
  const listed = Buffer.concat(directory);
  yield listed;
  const count = directory.length;
  yield numbers([0x0605_4b50, 4], [0, 4], [count, 2], [count, 2], [listed.length, 4], [offset, 4], [0, 2]);
}

type Field = readonly [value: number, bytes: 2 | 4];

/** What the header of an entry and its line in the directory share. */
const commonOf = (content: Buffer, name: Buffer): readonly Field[] => [
  [20, 2],
  [0, 2],
  [0, 2],
  [0, 4],
  [crc32(content), 4],
  [content.length, 4],
  [content.length, 4],
  [name.length, 2],
  [0, 2],
];

const entryOf = (fields: readonly Field[], name: Buffer, offset: number): Buffer =>
  Buffer.concat([
    numbers([0x0201_4b50, 4], [20, 2], ...fields, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]),
    name,
  ]);

const numbers = (...fields: readonly Field[]): Buffer =>
  Buffer.concat(
    fields.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes);
      buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }),
  );
