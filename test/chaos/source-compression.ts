import { gzipSync, zstdCompressSync } from 'node:zlib';
import { bzip2Sync } from '../read/bzip2-bytes.ts';
import { between } from './world.ts';

export type SourceCompression = 'gzip' | 'zstd' | 'bzip2';

interface CompressionKind {
  readonly compression: SourceCompression;
  /** Of several members, so that reading can be continued. */
  readonly isSlow: boolean;
  readonly isBroken: boolean;
}

const MEMBERS_MAX = 8;
const SUFFIXES = { gzip: '.gz', zstd: '.zst', bzip2: '.bz2' } as const;

/** One member or several, cut at any places. */
export const compress = (
  random: () => number,
  plain: Buffer,
  { compression, isSlow, isBroken }: CompressionKind,
): { bytes: Buffer; suffix: string } => {
  const cuts = Array.from({ length: between(random, isSlow ? MEMBERS_MAX / 2 : 0, MEMBERS_MAX - 1) }, () =>
    between(random, 0, plain.length),
  );
  const places = [0, ...cuts.toSorted((a, b) => a - b), plain.length];
  const encode = encoder(compression, isSlow || random() < 0.5);
  const members = places.slice(1).map((end, i) => encode(plain.subarray(places[i], end)));
  const whole = Buffer.concat(members);
  return { bytes: isBroken ? broken(random, whole) : whole, suffix: SUFFIXES[compression] };
};

/** @param isLarge not always small, so that reading takes a while */
const encoder = (compression: SourceCompression, isLarge: boolean): ((part: Buffer) => Buffer) => {
  if (compression === 'bzip2') return bzip2Sync;
  if (compression === 'zstd') return (part) => zstdCompressSync(part);
  return (part) => gzipSync(part, { level: isLarge ? 0 : 6 });
};

/** Cut off, or with something behind it that is no part of it. */
const broken = (random: () => number, whole: Buffer): Buffer =>
  random() < 0.3
    ? Buffer.concat([whole, Buffer.from('what is this')])
    : whole.subarray(0, between(random, Math.floor(whole.length * 0.3), whole.length - 1));
