import type { Cutter, Format, FormatOptions, FrameOptions } from '../../lib/frame/format.ts';
import type { FramedRecord } from '../../lib/frame/record.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';

/** Of an oversized record, this much is the same however its bytes come. */
const OVERSIZED_CHARS = 30;

/** A framed record as tests compare it, at its place in the file. */
export interface PlainRecord {
  readonly offset: number;
  readonly nextOffset: number;
  readonly kind: FramedRecord['kind'];
  /** The record, or the code of what is wrong with it. */
  readonly text: string;
}

export type FramingOptions = Partial<Omit<FrameOptions, 'csv'>> & { readonly csv?: RecipeInput['csv'] };

export const formatOptions = ({ recordsPath, csv = {} }: FramingOptions): FormatOptions => {
  const recipe = parseRecipe({ csv });
  return { recordsPath, csv: recipe.csv };
};

/** The records of a file or, with a range, of a part of it. */
export const frameFile = async (
  format: Format,
  file: Uint8Array,
  options: FramingOptions = {},
  { pieceBytes = 64 * 1024, base = 0 }: { readonly pieceBytes?: number; readonly base?: number } = {},
): Promise<PlainRecord[]> => {
  const records: PlainRecord[] = [];
  const groups = format.frame(memorySource(file, pieceBytes), {
    range: { start: 0, end: file.length },
    borders: 'records',
    startsFile: true,
    endsFile: true,
    recordBytesMax: 1_000,
    ...options,
    ...formatOptions(options),
  });
  for await (const group of groups) for (const record of group) records.push(plainRecord(record, base));
  return records;
};

const plainRecord = (record: FramedRecord, base: number): PlainRecord => ({
  offset: base + record.offset,
  nextOffset: base + record.nextOffset,
  kind: record.kind,
  text: plainText(record),
});

const plainText = (record: FramedRecord): string => {
  if (record.kind === 'broken') return record.reason.code;
  const text = record.bytes.toString('utf8');
  return record.kind === 'oversized' ? text.slice(0, OVERSIZED_CHARS) : text;
};

export interface Cuts {
  readonly borders: readonly number[];
  readonly header: unknown;
}

/** Where a cutter finds borders at least `chunkBytes` apart. At each one another cutter goes on, as in another process. */
export const cutFile = (
  format: Format,
  file: Buffer,
  { chunkBytes, pieceBytes, ...options }: FramingOptions & { chunkBytes: number; pieceBytes: number },
): Cuts => {
  const open = (state?: unknown): Cutter => format.createCutter!({ ...formatOptions(options), state });
  let cutter = open();
  let header: unknown;
  const borders: number[] = [];
  let chunkStart = 0;
  for (let at = 0; at < file.length; ) {
    const piece = file.subarray(at, Math.min(at + pieceBytes, file.length));
    const border = cutter.advance(piece, Math.max(0, chunkStart + chunkBytes - at));
    header ??= asJson(cutter.header());
    if (border < 0) {
      at += piece.length;
      continue;
    }
    at += border;
    chunkStart = at;
    borders.push(at);
    cutter = open(asJson(cutter.state()));
  }
  return { borders, header };
};

const asJson = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));

export interface ChunkOptions extends FramingOptions {
  readonly chunkBytes: number;
  readonly pieceBytes: number;
  /** Each chunk is an object of its own, or else a range of the file. */
  readonly isStaged: boolean;
}

/** Lengths of the chunks that borders make, without that of the last. */
export const lengthsOf = (borders: readonly number[]): number[] =>
  borders.map((border, index) => border - (borders[index - 1] ?? 0));

/** The records of all chunks that a cutter makes of a file, one chunk after another. */
export const frameInChunks = async (
  format: Format,
  file: Buffer,
  options: ChunkOptions,
): Promise<PlainRecord[]> => {
  const { borders, header } = cutFile(format, file, options);
  const ends = [...borders, file.length];
  const records: PlainRecord[] = [];
  for (const [index, end] of ends.entries()) {
    const start = ends[index - 1] ?? 0;
    const chunk = options.isStaged
      ? frameStaged(format, file, { start, end }, { ...options, header })
      : frameFile(format, file, { ...options, header, range: { start, end } }, options);
    records.push(...(await chunk));
  }
  return records;
};

const frameStaged = (
  format: Format,
  file: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
  options: ChunkOptions,
): Promise<PlainRecord[]> =>
  frameFile(
    format,
    file.subarray(start, end),
    { ...options, startsFile: start === 0, endsFile: end === file.length },
    { pieceBytes: options.pieceBytes, base: start },
  );

/**
 * What is wrong with the places of records: their order, or bytes of the file that belong to none of them and are not
 * of the characters in `between`, nor of a byte order mark.
 */
export const unaccounted = (file: Buffer, records: readonly PlainRecord[], between: string): string[] => {
  const problems: string[] = [];
  let end = 0;
  for (const { offset, nextOffset } of [...records, { offset: file.length, nextOffset: file.length + 1 }]) {
    if (offset < end && offset < file.length) problems.push(`${offset} lies before ${end}`);
    if (nextOffset <= offset) problems.push(`${nextOffset} does not lie behind ${offset}`);
    const skipped = file.subarray(end, offset).toString('latin1');
    const text = end === 0 ? skipped.replaceAll(/[\xef\xbb\xbf\xff\xfe]/g, '') : skipped;
    const odd = [...text].filter((character) => !between.includes(character));
    if (odd.length > 0) problems.push(`skipped behind ${end}: ${JSON.stringify(skipped)}`);
    end = nextOffset;
  }
  return problems;
};
