import { describe, expect, it } from 'vitest';
import { renderPage } from '../../build/docs.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { createEventMapper } from '../../lib/transform/event.ts';
import { isRejection } from '../../lib/transform/rejection.ts';
import { parseTime } from '../../lib/transform/time.ts';
import { blocksOf, readPage } from './markdown.ts';

const page = await readPage('docs/recipe.md');
/** Without the record and the event of the worked example, which are JSON but no recipes. */
const recipesOnly = page.replaceAll(
  /<!-- generated: flights (record|event) -->.*?<!-- end of generated part -->/gs,
  '',
);
const ORIGIN = { uri: 's3://inbox/file.jsonl', etag: 'e', offset: 0 };

const propertiesOf = (line: string): object => {
  const bytes = Buffer.from(line);
  const event = createEventMapper(
    parseRecipe({}),
    ORIGIN,
  )({ kind: 'record', offset: 0, nextOffset: bytes.length, bytes });
  if (isRejection(event)) throw new Error(event.message);
  const { properties } = JSON.parse(event.body.toString('utf8'));
  const { $insert_id: _, ...rest } = properties;
  return rest;
};

describe('docs/recipe.md', () => {
  it.each(blocksOf(recipesOnly, 'json'))('shows a recipe that can be used: %s', (block) => {
    expect(() => parseRecipe(JSON.parse(block))).not.toThrow();
  });

  it('shows a flat and a nested record that give the same event', () => {
    const [flat, nested] = blocksOf(page, '')[0]!.trim().split('\n');
    expect(propertiesOf(flat!)).toEqual(propertiesOf(nested!));
  });

  it('shows only times that can be read', () => {
    const rows = page.match(/^\| `\d{4}-\d{2}-\d{2}.*$/gm)!;
    const examples = rows.flatMap((row) => [...row.matchAll(/`(\d{4}[-/][^`]+)`/g)]);
    expect(examples.length).toBeGreaterThanOrEqual(4);
    expect(examples.filter(([, time]) => parseTime(time) === undefined)).toEqual([]);
  });
});

describe('renderPage', () => {
  const marked = 'before\n<!-- generated: a -->\nold\n<!-- end of generated part -->\nafter\n';

  it('replaces generated parts and nothing else', () => {
    expect(renderPage(marked, { a: 'new' })).toBe(
      'before\n<!-- generated: a -->\n\nnew\n\n<!-- end of generated part -->\nafter\n',
    );
  });

  it('gives the same page again when nothing has changed', () => {
    const rendered = renderPage(marked, { a: 'new' });
    expect(renderPage(rendered, { a: 'new' })).toBe(rendered);
  });

  it('names a part that the page has no place for', () => {
    expect(() => renderPage(marked, { b: 'new' })).toThrow('has no part "b"');
  });
});
