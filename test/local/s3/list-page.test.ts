import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Cursor, ListRequest } from '../../../local/s3/list-page.ts';
import { compareKeys, listPage } from '../../../local/s3/list-page.ts';

function allPages(keys: readonly string[], request: ListRequest) {
  const found: string[] = [];
  const commonPrefixes: string[] = [];
  let after: Cursor | undefined = request.after;
  for (let pages = 0; pages < 100; pages += 1) {
    const page = listPage(keys, { ...request, after });
    expect(page.keys.length + page.commonPrefixes.length).toBeLessThanOrEqual(request.entriesMax);
    found.push(...page.keys);
    commonPrefixes.push(...page.commonPrefixes);
    after = page.next;
    if (after === undefined) return { keys: found, commonPrefixes };
  }
  throw new Error('The listing has no last page.');
}

describe('listPage', () => {
  const keys = ['a', 'b/1', 'b/2', 'b0', 'c/d/1', 'c/e', 'd'];

  it('rolls keys up to the delimiter, each common prefix once', () => {
    expect(listPage(keys, { prefix: '', delimiter: '/', entriesMax: 10 })).toEqual({
      keys: ['a', 'b0', 'd'],
      commonPrefixes: ['b/', 'c/'],
    });
  });

  it('looks for the delimiter behind the prefix only', () => {
    expect(listPage(['c/d/1', 'c/e'], { prefix: 'c/', delimiter: '/', entriesMax: 10 })).toEqual({
      keys: ['c/e'],
      commonPrefixes: ['c/d/'],
    });
  });

  it('says that a full page is the last one when nothing is left', () => {
    expect(listPage(['a', 'b/1', 'b/2'], { prefix: '', delimiter: '/', entriesMax: 2 }).next).toBeUndefined();
  });

  it('starts behind a key', () => {
    expect(listPage(keys, { prefix: '', delimiter: '', entriesMax: 2, after: { key: 'b/1x' } }).keys).toEqual(
      ['b/2', 'b0'],
    );
  });

  it('gives an empty last page when no entry is asked for', () => {
    expect(listPage(keys, { prefix: '', delimiter: '', entriesMax: 0 })).toEqual({
      keys: [],
      commonPrefixes: [],
    });
  });

  it('gives every key and common prefix once over pages of any size', () => {
    const key = fc.array(fc.constantFrom('a', 'b', '/', '\u{1f600}', '\uffee'), {
      minLength: 1,
      maxLength: 5,
    });
    const someKeys = fc.uniqueArray(
      key.map((parts) => parts.join('')),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(
        someKeys,
        fc.constantFrom('', '/'),
        fc.integer({ min: 1, max: 5 }),
        (some, delimiter, entriesMax) => {
          const sorted = some.toSorted(compareKeys);
          const request = { prefix: '', delimiter, entriesMax };
          expect(allPages(sorted, request)).toEqual(listPage(sorted, { ...request, entriesMax: 1000 }));
        },
      ),
    );
  });
});

describe('compareKeys', () => {
  it('orders by UTF-8 bytes', () => {
    expect(['\u{1f600}', '\uffee', 'a'].sort(compareKeys)).toEqual(['a', '\uffee', '\u{1f600}']);
  });
});
