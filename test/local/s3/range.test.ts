import { describe, expect, it } from 'vitest';

import { contentRange, parseRange } from '../../../local/s3/range.ts';

describe('parseRange', () => {
  it.each([
    ['bytes=0-0', 10, { start: 0, end: 1 }],
    ['bytes=2-4', 10, { start: 2, end: 5 }],
    ['bytes=9-100', 10, { start: 9, end: 10 }],
    ['bytes=3-', 10, { start: 3, end: 10 }],
    ['bytes=-4', 10, { start: 6, end: 10 }],
    ['bytes=-40', 10, { start: 0, end: 10 }],
  ])('reads %s of %i bytes', (header, sizeBytes, range) => {
    expect(parseRange(header, sizeBytes)).toEqual(range);
  });

  it.each([undefined, '', 'bytes=-', 'bytes=4-2', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b'])(
    'takes %s for the whole object, as S3 does',
    (header) => {
      expect(parseRange(header, 10)).toBeUndefined();
    },
  );

  it.each([
    ['bytes=10-', 10],
    ['bytes=10-20', 10],
    ['bytes=-0', 10],
    ['bytes=0-0', 0],
    ['bytes=-1', 0],
  ])('refuses %s of %i bytes', (header, sizeBytes) => {
    expect(() => parseRange(header, sizeBytes)).toThrow(
      expect.objectContaining({ code: 'InvalidRange', headers: { 'content-range': `bytes */${sizeBytes}` } }),
    );
  });
});

describe('contentRange', () => {
  it('counts the last byte in', () => {
    expect(contentRange({ start: 2, end: 5 }, 10)).toBe('bytes 2-4/10');
  });
});
