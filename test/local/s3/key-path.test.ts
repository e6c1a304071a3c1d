import { isAbsolute, normalize } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { keyOfPath, pathOfKey } from '../../../local/s3/key-path.ts';

const nastySegment = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '.object-store',
    '%',
    '%_',
    '%~',
    '%2E',
    'a%object',
    '\0',
    '\\',
    '~',
    'ü',
    '日本',
    ' ',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('/', '')),
);
const nastyKey = fc.array(nastySegment, { minLength: 1, maxLength: 6 }).map((segments) => segments.join('/'));

describe('pathOfKey', () => {
  it.each([
    ['reports/2026/a b+c#d?é.json', 'reports/2026/a b+c#d?é.json'],
    ['100%', '100%25'],
    ['../../etc/passwd', '%2E%2E/%2E%2E/etc/passwd'],
    ['/a//b/', '%_/a/%_/b/%_'],
    ['a\0b\\c\n', 'a%00b%5Cc%0A'],
    ['.object-store/objects', '%2Eobject-store/objects'],
  ])('keeps %j at %s', (key, path) => {
    expect(pathOfKey(key)).toBe(path);
  });

  it('stays below its folder and can be read back, whatever the key', () => {
    fc.assert(
      fc.property(nastyKey, (key) => {
        const path = pathOfKey(key);
        expect(isAbsolute(path)).toBe(false);
        expect(normalize(path)).toBe(path);
        expect(path.split('/')).not.toContain('..');
        expect(keyOfPath(path)).toBe(key);
      }),
    );
  });

  it('shortens names a file system refuses, each to its own', () => {
    const long = '長'.repeat(300);
    const [path, other] = [pathOfKey(`${long}a`), pathOfKey(`${long}b`)];
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(240);
    expect(path).toMatch(/^長+%~[0-9a-f]{32}$/);
    expect(other).not.toBe(path);
    expect(keyOfPath(path)).toBeUndefined();
  });
});

describe('keyOfPath', () => {
  it.each(['100%', 'a%zz', 'a\\b'])('knows that no key is kept at %s', (path) => {
    expect(keyOfPath(path)).toBeUndefined();
  });
});
