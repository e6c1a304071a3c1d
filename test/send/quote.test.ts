import { describe, expect, it } from 'vitest';
import { quote } from '../../lib/send/quote.ts';

describe('quote', () => {
  it.each([
    ['keeps plain text', 'Invalid credentials', 'Invalid credentials'],
    ['makes one line', '<html>\r\n\t<b>413</b>\n', '<html> <b>413</b>'],
    ['drops control characters', 'a\u0000b\u001b[31mc\u0085d', 'a b [31mc d'],
    ['drops invisible and reordering characters', 'a\u202eb\u2028c\ufeffd', 'a b c d'],
    ['drops lone surrogates', 'a\ud800b', 'a b'],
    ['keeps emoji whole', '😀', '😀'],
    ['is empty for blanks', ' \n ', ''],
  ])('%s', (_, text, expected) => {
    expect(quote(text)).toBe(expected);
  });

  it('keeps 200 characters at most', () => {
    expect(quote('x'.repeat(200))).toHaveLength(200);
    expect([...quote('😀'.repeat(100_000))]).toHaveLength(200);
    expect(quote('x'.repeat(201))).toBe(`${'x'.repeat(199)}…`);
  });
});
