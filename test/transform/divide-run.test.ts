import { describe, expect, it } from 'vitest';
import { type LineRun, sourceOf } from '../../lib/frame/record.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { divideRun } from '../../lib/transform/divide-run.ts';
import { createSplicer } from '../../lib/transform/splice/splicer.ts';

const WHOLE = '{"event":"E","properties":{"time":1,"distinct_id":"u","$insert_id":"e-1"}}';
const BARE = '{"event":"E"}';

/** Its id is no string, and it has none for itself. */
const NEARLY = '{"event":"E","properties":{"time":1,"distinct_id":7,"a":"x"}}';
const splice = createSplicer(parseRecipe({}), { uri: 's3://inbox/a.jsonl', etag: 'e', offset: 0 });

const linesOf = ({ bytes, ends }: LineRun): string[] =>
  ends.map((end, index) => bytes.toString('utf8', ends[index - 1] ?? 0, end - 1));

const runOf = (lines: readonly (string | Buffer)[]) => {
  const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));
  let end = 0;
  const ends = lines.map((line) => {
    end += Buffer.byteLength(line) + 1;
    return end;
  });
  return { kind: 'run', offset: 100, bytes, ends } as const;
};

const kindsOf = (lines: readonly (string | Buffer)[]): string[] =>
  divideRun(runOf(lines), { mayPass: true }).map((part) =>
    part.kind === 'run' ? `run of ${part.ends.length}` : part.kind,
  );

describe('divideRun', () => {
  it('leaves a run alone whose events can all be sent as they are', () => {
    const run = runOf([WHOLE, WHOLE]);
    expect(divideRun(run, { mayPass: true })[0]).toBe(run);
  });

  it('takes out the records that have to be mapped', () => {
    expect(kindsOf([BARE, WHOLE, WHOLE, BARE, BARE, WHOLE])).toEqual([
      'record',
      'run of 2',
      'record',
      'record',
      'run of 1',
    ]);
    expect(kindsOf([BARE])).toEqual(['record']);
    expect(kindsOf([WHOLE, BARE])).toEqual(['run of 1', 'record']);
  });

  it('keeps their places and bytes', () => {
    const parts = divideRun(runOf([WHOLE, BARE, WHOLE]), { mayPass: true });
    const whole = WHOLE.length + 1;
    expect(parts.map(({ offset }) => offset - 100)).toEqual([0, whole, whole + BARE.length + 1]);
    expect(parts[1]).toMatchObject({ nextOffset: 100 + whole + BARE.length + 1, bytes: Buffer.from(BARE) });
    expect(parts[2]).toMatchObject({ bytes: Buffer.from(`${WHOLE}\n`), ends: [whole] });
  });

  it('takes out all of them where the recipe maps each', () => {
    const run = runOf([WHOLE, WHOLE]);
    expect(divideRun(run, { mayPass: false }).map(({ kind }) => kind)).toEqual(['record', 'record']);
  });

  it('vouches for nothing where bytes are no characters', () => {
    const bad = Buffer.from(WHOLE.replace('"u"', '"\xff"'), 'latin1');
    expect(kindsOf([WHOLE, bad])).toEqual(['record', 'record']);
  });

  it('keeps records together that are spliced, beside what they are in the source', () => {
    const lines = [BARE, NEARLY, NEARLY, WHOLE, NEARLY, BARE, NEARLY];
    const run = runOf(lines);
    const parts = divideRun(run, { mayPass: true, splice });
    expect(parts.map((part) => (part.kind === 'run' ? part.ends.length : part.kind))).toEqual([
      'record',
      2,
      1,
      1,
      'record',
      1,
    ]);
    const sources = parts.map((part) =>
      part.kind === 'run' ? sourceOf(part).bytes : Buffer.concat([part.bytes, Buffer.from('\n')]),
    );
    expect(Buffer.concat(sources)).toEqual(run.bytes);
    expect(parts.map(({ offset }) => offset)).toEqual(
      sources.map((_, index) => 100 + Buffer.concat(sources.slice(0, index)).length),
    );
    const [two] = parts.filter((part) => part.kind === 'run');
    expect(two!.bytes.toString()).toMatch(
      /^(\{"event":"E","properties":\{"time":1,"a":"x","distinct_id":"7",.*\}\}\n){2}$/,
    );
    expect(two!.ends).toEqual([two!.bytes.length / 2, two!.bytes.length]);
  });

  it('begins another run where lines no longer stand one behind another', () => {
    const lines = Array.from({ length: 40 }, () => NEARLY.replace('"x"', `"${'x'.repeat(10_000)}"`));
    const parts = divideRun(runOf(lines), { mayPass: true, splice });
    expect(parts.length).toBeGreaterThan(1);
    const seen = parts.flatMap((part) => (part.kind === 'run' ? linesOf(part) : []));
    expect(seen).toHaveLength(40);
    for (const line of seen) expect(JSON.parse(line).properties.a).toHaveLength(10_000);
  });

  it('writes a line that is longer than all that lines are written into', () => {
    const line = NEARLY.replace('"x"', `"${'x'.repeat(1_000_000)}"`);
    const parts = divideRun(runOf([NEARLY, line, NEARLY]), { mayPass: true, splice });
    const lengths = parts
      .flatMap((part) => (part.kind === 'run' ? linesOf(part) : []))
      .map(({ length }) => length);
    expect(lengths).toHaveLength(3);
    expect(lengths[1]! - lengths[0]!).toBe(999_999);
  });
});
