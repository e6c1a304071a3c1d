import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { firstColumnCodes, readPage } from './markdown.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = '{lib,functions,cli,local,infra,build}/**/*.ts';

/** In a file that declares codes, every word in capitals that is quoted or is the key of a table of codes. */
const DECLARES_CODES = /extends FanoutError|type RejectionCode/;
const DECLARED = /'([A-Z][A-Z0-9_]{3,})'|^\s+([A-Z][A-Z0-9_]{3,}): (?:\{|true|false)/gm;
/** Elsewhere: codes of receipts, and reasons of rejects. */
const WRITTEN = /(?:\bcode: |\breason: |_REASON = )'([A-Z][A-Z0-9_]{3,})'/g;

const codesOf = (source: string): (string | undefined)[] =>
  [...source.matchAll(DECLARES_CODES.test(source) ? DECLARED : WRITTEN)].map(
    ([, quoted, key]) => quoted ?? key,
  );

const inSource = new Set(
  globSync(FILES, { cwd: ROOT }).flatMap((file) => codesOf(readFileSync(`${ROOT}${file}`, 'utf8'))),
);
const inDocs = firstColumnCodes(await readPage('docs/errors.md'));

describe('docs/errors.md', () => {
  it('has a row for every code of the source', () => {
    expect([...inSource].filter((code) => !inDocs.includes(code ?? ''))).toEqual([]);
  });

  it('has no row for a code that is not in the source', () => {
    expect(inDocs.filter((code) => !inSource.has(code))).toEqual([]);
  });

  it('has each code once', () => {
    expect(inDocs).toEqual([...new Set(inDocs)]);
  });

  it('finds codes however they are declared', () => {
    const samples = [
      'USAGE',
      'SOURCE_CHANGED',
      'API_FORBIDDEN',
      'INVALID_JSON',
      'GIVEN_UP',
      'API_REJECTED',
      'OTHER',
    ];
    expect(samples.filter((code) => !inSource.has(code))).toEqual([]);
  });
});
