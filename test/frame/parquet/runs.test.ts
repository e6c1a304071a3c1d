import { describe, expect, it } from 'vitest';
import { checkPage } from '../../../lib/frame/parquet/runs.ts';

const layout = { valueCount: 10, encoding: 'PLAIN', isBoolean: false, repetitionBits: 0, definitionBits: 0 };

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80))];
/** A run of one value, and groups of eight packed values. */
const run = (count: number): number[] => [...varint(count * 2), 1];
const packed = (groups: number, bits = 1): number[] => [
  ...varint(groups * 2 + 1),
  ...Array<number>(groups * bits).fill(0xaa),
];
/** Levels say their length first in a page of version 1. */
const levels = (bytes: number[]): number[] => [bytes.length, 0, 0, 0, ...bytes];

describe('checkPage', () => {
  it.each<[string, number[], object]>([
    ['a page of plain values', [1, 2, 3], {}],
    ['a run', levels(run(10)), { definitionBits: 1 }],
    ['runs and groups', levels([...run(2), ...packed(1)]), { definitionBits: 1 }],
    ['a group that is filled up', levels(packed(2)), { definitionBits: 1 }],
    [
      'levels of two kinds',
      [...levels(run(10)), ...levels(run(10))],
      { repetitionBits: 1, definitionBits: 1 },
    ],
    [
      'levels whose length is known',
      run(10),
      { definitionBits: 1, levelBytes: { repetition: 0, definition: 2 } },
    ],
    ['indexes of a dictionary', [1, ...run(10)], { encoding: 'RLE_DICTIONARY' }],
    ['an empty block behind the levels', levels([...run(10), 0]), { definitionBits: 1 }],
    ['deltas', [...varint(128), ...varint(4), 10, 0], { encoding: 'DELTA_BINARY_PACKED' }],
  ])('accepts %s', (_, bytes, more) => {
    expect(() => checkPage(Uint8Array.from(bytes), { ...layout, ...more })).not.toThrow();
  });

  it.each<[string, number[], object, string]>([
    [
      'a run of a billion levels',
      levels(run(1e9)),
      { definitionBits: 1 },
      'a run of 1000000000 values in a page of 10',
    ],
    ['a billion packed levels', levels(varint(2.5e8 + 1)), { definitionBits: 1 }, 'values in a page of 10'],
    ['a run of a billion indexes', [1, ...run(1e9)], { encoding: 'PLAIN_DICTIONARY' }, 'a run of 1000000000'],
    ['indexes of 40 bits', [40, ...run(10)], { encoding: 'RLE_DICTIONARY' }, 'indexes of 40 bits'],
    [
      'a run of a billion booleans',
      levels(run(1e9)),
      { encoding: 'RLE', isBoolean: true },
      'a run of 1000000000',
    ],
    [
      'levels longer than the page',
      [200, 0, 0, 0, 1],
      { definitionBits: 1 },
      'levels of 200 bytes in a page of 5',
    ],
    [
      'delta blocks without parts',
      [...varint(128), 0, 10, 0],
      { encoding: 'DELTA_BINARY_PACKED' },
      'in 0 parts',
    ],
    [
      'delta blocks of a billion',
      [...varint(1e9), 4, 10, 0],
      { encoding: 'DELTA_BYTE_ARRAY' },
      'delta blocks of 1000000000',
    ],
    [
      'a length without an end',
      levels([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
      { definitionBits: 1 },
      'more than five bytes',
    ],
  ])('refuses %s', (_, bytes, more, seen) => {
    expect(() => checkPage(Uint8Array.from(bytes), { ...layout, ...more })).toThrow(seen);
  });
});
