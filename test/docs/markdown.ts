import { readFile } from 'node:fs/promises';

const ROOT = new URL('../../', import.meta.url);

/** Text of a page, by its path from the root of the project. */
export const readPage = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

/** Contents of the fenced blocks of one language; `''` for those without one. */
export const blocksOf = (page: string, language: string): string[] =>
  [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text ?? '');

/** What stands in backticks in the first column of the tables of a page. */
export const firstColumnCodes = (page: string): string[] =>
  [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code ?? '');
