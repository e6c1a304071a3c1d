import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFileSpec {
  readonly name: string | Buffer;
  readonly content?: Buffer;
  readonly method?: number;
  readonly flags?: number;
  /** What the directory claims, where that is not the truth. */
  readonly claim?: { readonly sizeBytes?: number; readonly crc?: number; readonly compressedBytes?: number };
}

const UTF8 = 0x800;
const DEFLATED = 8;

/** A zip archive, written by hand so that it can be wrong. */
export const zipBytes = (files: readonly ZipFileSpec[], { isZip64 = false } = {}): Buffer => {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const content = file.content ?? Buffer.alloc(0);
    const method = file.method ?? DEFLATED;
    const packed = method === DEFLATED ? deflateRawSync(content) : content;
    const fields = {
      name,
      method,
      flags: file.flags ?? UTF8,
      crc: file.claim?.crc ?? crc32(content),
      compressedBytes: file.claim?.compressedBytes ?? packed.length,
      sizeBytes: file.claim?.sizeBytes ?? content.length,
    };
    bodies.push(localHeader(fields), name, packed);
    directory.push(
      directoryEntry(fields, offset, isZip64),
      name,
      isZip64 ? zip64Extra(fields, offset) : EMPTY,
    );
    offset += 30 + name.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = isZip64 ? zip64End(files.length, listed.length, offset) : EMPTY;
  return Buffer.concat([...bodies, listed, end, endRecord(files.length, listed.length, offset, isZip64)]);
};

const EMPTY = Buffer.alloc(0);
const IN_EXTRA = 0xffff_ffff;

interface Fields {
  readonly name: Buffer;
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
}

/** Numbers one after the other: `[value, bytes]`. */
const packed = (...numbers: (readonly [value: number, bytes: 2 | 4 | 8])[]): Buffer =>
  Buffer.concat(
    numbers.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes);
      if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value));
      else buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }),
  );

const common = ({ flags, method, crc, compressedBytes, sizeBytes, name }: Fields, isZip64: boolean) =>
  [
    [20, 2],
    [flags, 2],
    [method, 2],
    [0, 4],
    [crc, 4],
    [isZip64 ? IN_EXTRA : compressedBytes, 4],
    [isZip64 ? IN_EXTRA : sizeBytes, 4],
    [name.length, 2],
    [isZip64 ? 28 : 0, 2],
  ] as const;

const localHeader = (fields: Fields): Buffer => packed([0x0403_4b50, 4], ...common(fields, false));

const directoryEntry = (fields: Fields, offset: number, isZip64: boolean): Buffer =>
  packed(
    [0x0201_4b50, 4],
    [20, 2],
    ...common(fields, isZip64),
    [0, 2],
    [0, 4],
    [0, 4],
    [isZip64 ? IN_EXTRA : offset, 4],
  );

const zip64Extra = ({ sizeBytes, compressedBytes }: Fields, offset: number): Buffer =>
  packed([1, 2], [24, 2], [sizeBytes, 8], [compressedBytes, 8], [offset, 8]);

const zip64End = (count: number, listedBytes: number, offset: number): Buffer =>
  Buffer.concat([
    packed([0x0606_4b50, 4], [44, 8], [45, 2], [45, 2], [0, 4], [0, 4], [count, 8], [count, 8]),
    packed([listedBytes, 8], [offset, 8]),
    packed([0x0706_4b50, 4], [0, 4], [offset + listedBytes, 8], [1, 4]),
  ]);

const endRecord = (count: number, listedBytes: number, offset: number, isZip64: boolean): Buffer =>
  packed(
    [0x0605_4b50, 4],
    [0, 4],
    [isZip64 ? 0xffff : count, 2],
    [isZip64 ? 0xffff : count, 2],
    [isZip64 ? IN_EXTRA : listedBytes, 4],
    [isZip64 ? IN_EXTRA : offset, 4],
    [0, 2],
  );
