import type { FramedRecord } from '../../lib/frame/record.ts';

/** A line as a test compares it: an oversized one by its place only, since its end need not be read. */
export type PlainLine =
  | { readonly offset: number; readonly nextOffset: number; readonly text: string }
  | { readonly offset: number; readonly oversized: true };

const MARK = '\xef\xbb\xbf';

/** The lines of a whole file, found by splitting it at once: what any way of cutting it must give. */
export const naiveLines = (file: Uint8Array, lineBytesMax: number): PlainLine[] => {
  const lines: PlainLine[] = [];
  let offset = 0;
  for (const line of Buffer.from(file).toString('latin1').split('\n')) {
    const nextOffset = Math.min(offset + line.length + 1, file.length);
    const text = (offset === 0 && line.startsWith(MARK) ? line.slice(3) : line).replace(/\r$/, '');
    if (text.length > lineBytesMax) lines.push({ offset, oversized: true });
    else if (/[^ \t\r]/.test(text)) lines.push({ offset, nextOffset, text });
    offset = nextOffset;
  }
  return lines;
};

/** @param base where byte 0 of the framed object stands in the file */
export const plainLine = (record: FramedRecord, base = 0): PlainLine => {
  const offset = base + record.offset;
  if (record.kind === 'oversized') return { offset, oversized: true };
  return { offset, nextOffset: base + record.nextOffset, text: record.bytes.toString('latin1') };
};
