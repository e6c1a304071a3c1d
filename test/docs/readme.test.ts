import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../lib/ledger/report.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { blocksOf, readPage } from './markdown.ts';

const readme = await readPage('README.md');
const manifest: { scripts: Record<string, string> } = JSON.parse(await readPage('package.json'));
const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

const help = (...command: string[]): string =>
  execFileSync(process.execPath, [MAIN, ...command, '--help'], { encoding: 'utf8' });

const scripts = (page: string): string[] =>
  [...page.matchAll(/npm (?:run (?:-s )?([a-z][\w:]*)|(start|test))/g)].map(
    ([, run, short]) => run ?? short ?? '',
  );

/** Options of ours: those of other programs are on lines that begin with their names. */
const ownOptions = (page: string): string[] =>
  page
    .split('\n')
    .filter((line) => !/^(aws|npx cdk) /.test(line))
    .flatMap((line) => [...line.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option));

const isReport = (block: string): boolean => block.includes('"importId"');

describe('README.md', () => {
  it('names only npm scripts that exist', () => {
    const named = scripts(readme);
    expect(named).toContain('fanout');
    expect(named.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
  });

  it('names only options that a command of `fanout` has', () => {
    const named = ownOptions(readme);
    expect(named).toContain('--service-account');
    const known = ['import', 'tune', 'plan', 'status', 'redrive', 'replay']
      .map((command) => help(command))
      .join('\n');
    expect(named.filter((option) => !new RegExp(`${option}(?![\\w-])`).test(known))).toEqual([]);
  });

  it('names only commands that `fanout` has', () => {
    const named = [...readme.matchAll(/fanout -- ([a-z]+)/g)].map(([, command]) => command);
    const known = help();
    expect(named.filter((command) => !new RegExp(`^ {2}${command} `, 'm').test(known))).toEqual([]);
  });

  it('names only outputs that the stack has', async () => {
    const stack = await readPage('infra/importer-stack.ts');
    const named = [...readme.matchAll(/<([A-Z]\w+)>/g)].map(([, output]) => output);
    expect(named).toContain('InboxBucketName');
    expect(named.filter((output) => !stack.includes(`'${output}'`))).toEqual([]);
  });

  it('shows recipes that can be used', () => {
    const recipes = blocksOf(readme, 'json').filter((block) => !isReport(block));
    expect(recipes).not.toEqual([]);
    for (const recipe of recipes) expect(() => parseRecipe(JSON.parse(recipe))).not.toThrow();
  });

  it('shows a report that adds up', () => {
    const report = JSON.parse(blocksOf(readme, 'json').find(isReport)!) as Report;
    const { read, imported, rejected, filtered } = report.records;
    expect(report.state).toBe('complete');
    expect(imported + rejected + filtered).toBe(read);
    expect(report.chunks.done).toBe(report.chunks.total);
  });
});
