import { isFanoutError } from '../errors.ts';
import type { ByteSource } from '../read/byte-source.ts';
import { BLOCK_BYTES_MAX, type Block, readBlocks } from './avro/blocks.ts';
import { decompressBlock } from './avro/codecs.ts';
import { corrupt, reasonOf } from './avro/corrupt.ts';
import { type AvroFile, openAvro } from './avro/header.ts';
import { placeStep } from './avro/places.ts';
import { type AvroReader, createAvroReader, EMPTY_ITEMS_MAX } from './avro/reader.ts';
import type { Format, FrameOptions } from './format.ts';
import { type FramedRecord, PREFIX_BYTES } from './record.ts';

/** Records that come together: no more than this many, or the one that makes them this long. */
const GROUP_RECORDS_MAX = 500;
const GROUP_BYTES_MAX = 256 * 1024;

/** Apache Avro's object container files. The places of their records are in bytes; see {@link placeStep}. */
export const avro: Format = {
  name: 'avro',
  fileNames: /\.avro$/i,
  looksLike: () => false,
  cut: 'ranges',
  check: openAvro,
  frame: frameAvro,
};

/**
 * The records that have their place in the range, in order. A block at its border is read by both neighbours, and
 * each takes the records that are its own: so over any cut each record comes exactly once, and a sender may go on
 * from any `nextOffset`.
 */
async function* frameAvro(source: ByteSource, options: FrameOptions): AsyncGenerator<FramedRecord[]> {
  const { range } = options;
  if (range.start >= range.end) return;
  const file = await openAvro(source);
  for await (const block of readBlocks(source, file, range)) yield* frameBlock(file, block, options);
}

async function* frameBlock(
  file: AvroFile,
  block: Block,
  options: FrameOptions,
): AsyncGenerator<FramedRecord[]> {
  const { range, measure = (work) => work() } = options;
  const step = placeStep(block);
  const placeOf = (index: number): number => block.start + index * step;
  const isBefore = placeOf(block.recordCount) <= range.start;
  if (block.recordCount === 0 || isBefore) return;
  const reader = await openBlock(file, block);
  for (let index = 0; index < block.recordCount && placeOf(index) < range.end; ) {
    const group = measure(() => readGroup(file, block, { ...options, reader, index, placeOf }));
    if (group.records.length > 0) yield group.records;
    if (group.failure) throw group.failure;
    index = group.nextIndex;
  }
}

const openBlock = async ({ codec }: AvroFile, block: Block): Promise<AvroReader> => {
  const { recordCount, bytes } = block;
  const plain = await decompressBlock(codec, bytes, BLOCK_BYTES_MAX).catch((error: unknown) => {
    throw inBlock(block, error);
  });
  if (recordCount > plain.length + EMPTY_ITEMS_MAX)
    throw inBlock(block, new Error(`${recordCount} records in ${plain.length} bytes`));
  return createAvroReader(plain);
};

interface GroupOptions extends FrameOptions {
  readonly reader: AvroReader;
  /** Of the record that comes next. */
  readonly index: number;
  readonly placeOf: (index: number) => number;
}

interface Group {
  readonly records: FramedRecord[];
  readonly nextIndex: number;
  /** Why the record after these cannot be read, nor any behind it in the block. */
  readonly failure?: unknown;
}

/** The next records of a block that are in the range, a group of them. */
const readGroup = (file: AvroFile, block: Block, options: GroupOptions): Group => {
  const { reader, placeOf, range } = options;
  const records: FramedRecord[] = [];
  let bytes = 0;
  let nextIndex = options.index;
  try {
    while (nextIndex < block.recordCount && records.length < GROUP_RECORDS_MAX && bytes < GROUP_BYTES_MAX) {
      const offset = placeOf(nextIndex);
      if (offset >= range.end) break;
      const text = readText(file, options);
      nextIndex++;
      if (offset < range.start) continue;
      const nextOffset = nextIndex === block.recordCount ? block.end : placeOf(nextIndex);
      records.push({ ...text, offset, nextOffset });
      bytes += text.bytes.length;
    }
    if (nextIndex === block.recordCount && reader.bytesLeft() > 0)
      throw new Error(`${reader.bytesLeft()} bytes are left behind its ${block.recordCount} records`);
    return { records, nextIndex };
  } catch (error) {
    return { records, nextIndex, failure: inBlock(block, error) };
  }
};

const readText = (
  { print }: AvroFile,
  { reader, recordBytesMax }: GroupOptions,
): { readonly kind: 'record' | 'oversized'; readonly bytes: Buffer } => {
  reader.beginText(recordBytesMax);
  const bytes = Buffer.from(print(reader) ?? 'null');
  return reader.room() < 0 || bytes.length > recordBytesMax
    ? { kind: 'oversized', bytes: Buffer.from(bytes.subarray(0, PREFIX_BYTES)) }
    : { kind: 'record', bytes };
};

const inBlock = ({ start }: Block, error: unknown): unknown =>
  isFanoutError(error) ? error : corrupt(`the block at byte ${start}: ${reasonOf(error)}`, error);
