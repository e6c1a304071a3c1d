import { describe, expect, it } from 'vitest';
import { divideRun } from '../../lib/transform/divide-run.ts';

const WHOLE = '{"event":"E","properties":{"time":1,"distinct_id":"u","$insert_id":"e-1"}}';
const BARE = '{"event":"E"}';

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
});
