import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { parseByteSize } from '../../cli/byte-size.ts';

it.each([
  ['2000', 2_000],
  ['2000b', 2_000],
  ['1kB', 1_000],
  ['1 KB', 1_000],
  ['1KiB', 1_024],
  ['1.5MB', 1_500_000],
  ['500GiB', 500 * 2 ** 30],
  ['1TB', 1e12],
  ['1t', 1e12],
  ['2PB', 2e15],
])('reads %s', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

it.each(['', '0', '-1', 'TB', '1XB', '1 T B', '1e12', '1ib', '99999PB', '0x10'])('refuses "%s"', (text) => {
  expect(() => parseByteSize(text)).toThrow(InvalidArgumentError);
});
