import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import { Transform } from 'node:stream';
import timers from 'node:timers/promises';
import zlib from 'node:zlib';
// What lib/ loads when it is needed is loaded before, so that nothing waits for the disk.
import 'csv-parse/sync';
import 'unbzip2-stream/lib/bit_iterator.js';
import 'unbzip2-stream/lib/bzip2.js';
import type { VirtualClock } from './virtual-clock.ts';

/*
 * What lib/ takes from Node itself and not as an argument: timers, gzip, zstd. Import this file before any of lib/.
 * Timers that are set within `underClock` obey the virtual clock, all others are Node's own. Compression works on
 * the calling thread, so that nothing depends on which thread of a pool ends first.
 */

const clocks = new AsyncLocalStorage<VirtualClock>();

/** Everything that is begun in `run` lives by the clock. */
export const underClock = <T>(clock: VirtualClock, run: () => Promise<T>): Promise<T> =>
  clocks.run(clock, run);

const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
const realDelay = timers.setTimeout;

const virtualTimers = new WeakMap<object, () => void>();

Object.assign(globalThis, {
  setTimeout: Object.assign((...args: Parameters<typeof real.setTimeout>) => {
    const clock = clocks.getStore();
    if (!clock) return real.setTimeout(...args);
    const [action, delayMs = 0] = args;
    const handle = { unref: () => handle };
    virtualTimers.set(
      handle,
      clock.after(delayMs, () => action()),
    );
    return handle;
  }, real.setTimeout),
  clearTimeout: (handle: Parameters<typeof real.clearTimeout>[0]) => {
    const cancel = typeof handle === 'object' && handle !== null ? virtualTimers.get(handle) : undefined;
    if (cancel) cancel();
    else real.clearTimeout(handle);
  },
});

Object.assign(timers, {
  setTimeout: (...args: Parameters<typeof realDelay>) => {
    const [delayMs = 0, , { signal } = {}] = args;
    return clocks.getStore()?.sleep(delayMs, signal) ?? realDelay(...args);
  },
});

type Compressed = (error: Error | null, body: Buffer) => void;

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

interface Format {
  readonly decompress: (bytes: Buffer, options: object) => unknown;
  readonly goOn: number;
  readonly end: number;
}

/** All that came so far is read again with each piece: files are small here. Ends where the compressed data end. */
const decompressHere = ({ decompress, goOn, end }: Format): Transform => {
  let compressed = Buffer.alloc(0);
  let given = 0;
  const readOn = (finishFlush: number): boolean => {
    // With `info`, which the types do not know, it tells how much of its input it took.
    const { buffer, engine }: Inflated = Object(decompress(compressed, { finishFlush, info: true }));
    if (buffer.length > given) decoder.push(buffer.subarray(given));
    given = buffer.length;
    decoder.bytesWritten = engine.bytesWritten;
    return engine.bytesWritten < compressed.length;
  };
  const attempt = (done: (error?: Error | null) => void, finishFlush: number): void => {
    try {
      if (readOn(finishFlush)) decoder.push(null);
      done();
    } catch (error) {
      done(error as Error);
    }
  };
  const decoder = Object.assign(
    new Transform({
      transform: (piece: Buffer, _, done) => {
        compressed = Buffer.concat([compressed, piece]);
        attempt(done, goOn);
      },
      flush: (done) => attempt(done, end),
    }),
    { bytesWritten: 0 },
  );
  return decoder;
};

const { Z_SYNC_FLUSH, Z_FINISH, ZSTD_e_flush, ZSTD_e_end } = zlib.constants;
const deflate = { decompress: zlib.inflateRawSync, goOn: Z_SYNC_FLUSH, end: Z_FINISH };
const zstd = { decompress: zlib.zstdDecompressSync, goOn: ZSTD_e_flush, end: ZSTD_e_end };

Object.assign(zlib, {
  gzip: (bytes: Buffer, ...rest: [zlib.ZlibOptions, Compressed] | [Compressed]) => {
    const [options, done] = rest.length === 1 ? [{}, rest[0]] : rest;
    process.nextTick(done, null, zlib.gzipSync(bytes, options));
  },
});
Object.defineProperty(zlib, 'createInflateRaw', { value: () => decompressHere(deflate) });
Object.defineProperty(zlib, 'createZstdDecompress', { value: () => decompressHere(zstd) });

syncBuiltinESMExports();
