import type { Line } from './lines.ts';

/** Lines as the bytes of a file, a piece at a time. */
export type Layout = (lines: Iterable<Line>) => Iterable<Buffer>;

/** As they are. */
export function* jsonLines(lines: Iterable<Line>): Generator<Buffer> {
  for (const { bytes } of lines) yield bytes;
}

export function* jsonArray(lines: Iterable<Line>): Generator<Buffer> {
  yield Buffer.from('[');
  let isFirst = true;
  for (const { bytes } of lines) {
    if (!isFirst) yield Buffer.from(',\n');
    isFirst = false;
    yield withoutEnd(bytes);
  }
  yield Buffer.from(']\n');
}

/** One object behind another, each over several lines. */
export function* prettyJson(lines: Iterable<Line>): Generator<Buffer> {
  for (const { bytes } of lines)
    yield Buffer.from(`${JSON.stringify(JSON.parse(bytes.toString()), null, 2)}\n`);
}

export const COLUMNS = ['event', 'time', 'distinct_id', '$insert_id', 'place', 'amount', 'note'] as const;
export type Row = Partial<Record<(typeof COLUMNS)[number], unknown>>;

/** A table with the names of its columns. */
export const table = (delimiter: string): Layout =>
  function* rows(lines) {
    yield Buffer.from(`${COLUMNS.join(delimiter)}\n`);
    for (const line of lines) {
      const row = rowOf(line);
      if (line.fate === 'blank') yield Buffer.from('\n');
      else if (row === undefined) yield line.bytes;
      else yield Buffer.from(`${COLUMNS.map((name) => cell(row[name], delimiter)).join(delimiter)}\n`);
    }
  };

/** @returns undefined for a line that is no JSON object */
export const rowOf = ({ bytes, event }: Line): Row | undefined => {
  if (event) return { event: event.event, ...event.properties };
  return bytes[0] === 0x7b ? JSON.parse(bytes.toString()) : undefined;
};

const cell = (value: unknown, delimiter: string): string => {
  const text = String(value ?? '');
  return text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const withoutEnd = (bytes: Buffer): Buffer => (bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes);
