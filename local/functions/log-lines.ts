import type { Readable } from 'node:stream';

/** Longest line handed over; the rest of a longer one is dropped and the line says so. */
export const LOG_LINE_BYTES_MAX = 64 * 1024;

const NEWLINE = 0x0a;
const CUT_MARK = ' [line cut]';

/** Hands each line of a process's output to `onLine`, without its newline; the last line needs none. */
export function forwardLines(output: Readable, onLine: (line: string) => void): void {
  let parts: Buffer[] = [];
  let lineBytes = 0;
  let isCut = false;

  const take = (bytes: Buffer): void => {
    const kept = bytes.subarray(0, LOG_LINE_BYTES_MAX - lineBytes);
    isCut ||= kept.length < bytes.length;
    if (kept.length === 0) return;
    parts.push(kept);
    lineBytes += kept.length;
  };
  const finish = (): void => {
    const text = Buffer.concat(parts, lineBytes).toString('utf8');
    parts = [];
    lineBytes = 0;
    onLine(isCut ? text + CUT_MARK : text);
    isCut = false;
  };

  output.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      finish();
      start = end + 1;
    }
    take(chunk.subarray(start));
  });
  output.on('end', () => {
    if (lineBytes > 0) finish();
  });
}
