import type { ByteRange, ByteSource } from './byte-source.ts';
import { readWhole } from './read-whole.ts';

export interface WindowOptions {
  /** Read at a time. */
  readonly windowBytes: number;
  /** Windows held; the one that was used longest ago is dropped. */
  readonly windowsMax: number;
}

/** A source of which small reads that lie close together are one request. Longer reads than a window go past it. */
export const windowedSource = (
  source: ByteSource,
  { windowBytes, windowsMax }: WindowOptions,
): ByteSource => {
  let windows: { readonly start: number; readonly bytes: Buffer }[] = [];

  const windowOf = async ({ start, end }: ByteRange) => {
    const found = windows.find(
      (window) => window.start <= start && end <= window.start + window.bytes.length,
    );
    const window = found ?? {
      start,
      bytes: await readWhole(source, { start, end: Math.min(start + windowBytes, source.sizeBytes) }),
    };
    windows = [window, ...windows.filter((other) => other !== window)].slice(0, windowsMax);
    return window;
  };

  return {
    sizeBytes: source.sizeBytes,
    async *read(range) {
      if (range.end - range.start > windowBytes) {
        yield* source.read(range);
        return;
      }
      const window = await windowOf(range);
      yield window.bytes.subarray(range.start - window.start, range.end - window.start);
    },
  };
};
