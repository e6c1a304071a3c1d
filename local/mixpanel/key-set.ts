import { hash } from 'node:crypto';
import { SimulatorError } from './errors.ts';

/** A set of strings that cannot list them again: 8 bytes a slot, so 10,000,000 keys take 128 MiB. */
export interface KeySet {
  add(key: string): void;
  has(key: string): boolean;
  readonly size: number;
  clear(): void;
}

const slotsAtStart = 1 << 16;
/** 1 GB of slots; holds about 94 million keys. */
const slotsMax = 1 << 27;
const loadMax = 0.7;

/**
 * Open addressing over 64 bits of SHA-1. Ten million different keys hold a false match with a chance
 * of about 3 in a million.
 */
export function createKeySet(): KeySet {
  let slots = new Uint32Array(2 * slotsAtStart);
  let size = 0;

  const add = (key: string): void => {
    const { low, high } = fingerprint(key);
    const slot = findSlot(slots, low, high);
    if (isTaken(slots, slot)) return;
    slots[slot] = low;
    slots[slot + 1] = high;
    size += 1;
    if (size > (slots.length / 2) * loadMax) slots = grown(slots);
  };

  return {
    add,
    has: (key) => {
      const { low, high } = fingerprint(key);
      return isTaken(slots, findSlot(slots, low, high));
    },
    get size() {
      return size;
    },
    clear: () => {
      slots = new Uint32Array(2 * slotsAtStart);
      size = 0;
    },
  };
}

/** Two 32-bit halves; the low one is never 0, which marks an empty slot. */
function fingerprint(key: string): { low: number; high: number } {
  const digest = hash('sha1', key, 'binary');
  return { low: read32(digest, 0) || 1, high: read32(digest, 4) };
}

function read32(digest: string, at: number): number {
  const first = digest.charCodeAt(at) | (digest.charCodeAt(at + 1) << 8);
  return (first | (digest.charCodeAt(at + 2) << 16) | (digest.charCodeAt(at + 3) << 24)) >>> 0;
}

/** @returns where the key is, or the empty slot where it belongs */
function findSlot(slots: Uint32Array, low: number, high: number): number {
  const mask = slots.length / 2 - 1;
  let index = high & mask;
  while (isTaken(slots, 2 * index) && (slots[2 * index] !== low || slots[2 * index + 1] !== high)) {
    index = (index + 1) & mask;
  }
  return 2 * index;
}

function isTaken(slots: Uint32Array, slot: number): boolean {
  return slots[slot] !== 0;
}

function grown(slots: Uint32Array): Uint32Array<ArrayBuffer> {
  if (slots.length >= 2 * slotsMax) {
    throw new SimulatorError(
      'SIMULATOR_FULL',
      `The simulator keeps the ids of at most ${Math.floor(slotsMax * loadMax)} events; use keep: 'counts' for more.`,
    );
  }
  const larger = new Uint32Array(2 * slots.length);
  for (let slot = 0; slot < slots.length; slot += 2) {
    const low = slots[slot] ?? 0;
    const high = slots[slot + 1] ?? 0;
    if (low === 0) continue;
    const target = findSlot(larger, low, high);
    larger[target] = low;
    larger[target + 1] = high;
  }
  return larger;
}
