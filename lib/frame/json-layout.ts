import { createJsonScanner } from './json-scan.ts';

const LINE_FEED = '\n';
const BLANKS = /^\ufeff?[ \t\r\n]*/;

/**
 * How JSON is laid out that begins with `head`: `jsonl` when its first line is one whole value, or is longer than
 * `head`, or is broken but the second one is an object; `json` when it is an array, or its first object goes on over
 * lines, or has another one behind it.
 *
 * @returns undefined when it begins with neither an object nor an array
 */
export const jsonLayoutOf = (head: Buffer): 'jsonl' | 'json' | undefined => {
  const start = Buffer.byteLength(BLANKS.exec(head.toString('utf8'))![0]);
  const text = head.subarray(start).toString('latin1');
  if (/^\[[ \t\r\n]*(?:[[{"\d\-tfn\]]|$)/.test(text)) return 'json';
  if (!/^\{[ \t\r\n]*(?:["}]|$)/.test(text)) return undefined;
  const [line = '', second] = text.split(LINE_FEED, 3);
  const valueEnd = endOfFirstValue(Buffer.from(line, 'latin1'));
  if (valueEnd === undefined) return second === undefined || isObject(second) ? 'jsonl' : 'json';
  return /^[ \t\r]*$/.test(line.slice(valueEnd)) ? 'jsonl' : 'json';
};

const endOfFirstValue = (line: Buffer): number | undefined => {
  const scanner = createJsonScanner({ shape: 'sequence' });
  const end = scanner.scan(line, scanner.scan(line, 0));
  return scanner.event() === 'value' ? end : undefined;
};

const isObject = (line: string): boolean => {
  try {
    return line.startsWith('{') && typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
};
