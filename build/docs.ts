/** Writes the generated parts of docs/recipe.md and docs/tuning.md; `--check` only tells whether they are stale. `node build/docs.ts [--check]` */
import { hash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { deployConfigSchema } from '../lib/recipe/deploy-config.ts';
import { type Leaf, leavesOf } from '../lib/recipe/leaves.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import { recipeSchema } from '../lib/recipe/schema.ts';
import { createEventMapper } from '../lib/transform/event.ts';
import { isRejection } from '../lib/transform/rejection.ts';
import { tuningParts } from './tuning-docs.ts';

const DOCS = new URL('../docs/', import.meta.url);
const SAMPLE = new URL('../examples/flights/', import.meta.url);

/** Content of each generated part, by the name in its markers. */
export type Parts = Readonly<Record<string, string>>;

/** The parts as the schemas and the shipped sample have them now. */
export const generateParts = async (): Promise<Parts> => {
  const recipeText = await readFile(new URL('recipe.json', SAMPLE), 'utf8');
  const sample = await readFile(new URL('flights.jsonl', SAMPLE));
  return {
    'recipe settings': settingsTable(leavesOf(recipeSchema)),
    'deploy settings': settingsTable(leavesOf(deployConfigSchema).filter(({ path }) => path[0] !== 'recipe')),
    'flights recipe': fenced('json', recipeText),
    'flights record': fenced('json', firstLine(sample).toString('utf8')),
    'flights event': fenced('json', JSON.stringify(mapFirst(JSON.parse(recipeText), sample), null, 2)),
  };
};

const START = (name: string): string => `<!-- generated: ${name} -->`;
const END = '<!-- end of generated part -->';

/**
 * The page with its generated parts put in; the rest stays as it is.
 *
 * @throws {Error} naming a part that the page has no place for
 */
export const renderPage = (page: string, parts: Parts): string =>
  Object.entries(parts).reduce((text, [name, content]) => {
    const from = text.indexOf(START(name));
    const to = text.indexOf(END, from);
    if (from < 0 || to < 0) {
      throw new Error(`The page has no part "${name}": put "${START(name)}" and "${END}" into it.`);
    }
    return `${text.slice(0, from)}${START(name)}\n\n${content}\n\n${text.slice(to)}`;
  }, page);

const settingsTable = (leaves: readonly Leaf[]): string =>
  ['| setting | type | default | meaning |', '|---|---|---|---|', ...leaves.map(settingsRow)].join('\n');

const settingsRow = ({ path, type, default: value, description }: Leaf): string => {
  const fallback = value === undefined ? 'none' : `\`${JSON.stringify(value)}\``;
  return `| \`${path.join('.')}\` | ${type} | ${fallback} | ${description.replaceAll('|', '\\|')} |`;
};

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``;

const firstLine = (sample: Buffer): Buffer => sample.subarray(0, sample.indexOf('\n'));

const mapFirst = (recipe: unknown, sample: Buffer): unknown => {
  const bytes = firstLine(sample);
  const origin = { uri: 's3://inbox/flights.jsonl', etag: hash('md5', sample, 'hex'), offset: 0 };
  const event = createEventMapper(
    parseRecipe(recipe),
    origin,
  )({ kind: 'record', offset: 0, nextOffset: bytes.length + 1, bytes });
  if (isRejection(event)) throw new Error(`The first record of the sample is rejected: ${event.message}`);
  return JSON.parse(event.body.toString('utf8'));
};

const update = async (name: string, parts: Parts, isCheck: boolean): Promise<void> => {
  const path = new URL(name, DOCS);
  const page = await readFile(path, 'utf8');
  const rendered = renderPage(page, parts);
  if (rendered === page) return;
  if (!isCheck) return writeFile(path, rendered);
  process.stderr.write(`docs/${name} is stale: run \`npm run docs\` and commit the result.\n`);
  process.exitCode = 1;
};

const main = async (isCheck: boolean): Promise<void> => {
  await update('recipe.md', await generateParts(), isCheck);
  await update('tuning.md', tuningParts(), isCheck);
};

if (import.meta.main) await main(process.argv.includes('--check'));
