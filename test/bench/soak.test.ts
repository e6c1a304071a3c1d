import { describe, expect, it } from 'vitest';
import { weatherScript } from '../../bench/soak/faults.ts';
import { judgePresence, judgeRejects, judgeReport } from '../../bench/soak/judge.ts';
import { type FileSpec, KINDS, kindNamed, specAt } from '../../bench/soak/kinds.ts';
import { linesOf } from '../../bench/soak/lines.ts';
import { growthOf } from '../../bench/soak/memory-watch.ts';

const spec = (name: string): FileSpec => ({ seed: 1, number: 0, kind: kindNamed(name) });
const expected = {
  read: 10,
  imported: 8,
  rejected: 2,
  byReason: { INVALID_JSON: 1, API_REJECTED: 1 },
  distinct: 7,
};
const right = {
  state: 'complete' as const,
  chunks: { total: 2, done: 2, failed: 0 },
  records: { read: 10, imported: 8, rejected: 2, filtered: 0 },
  rejects: { uri: null, byReason: { INVALID_JSON: 1, 'API_REJECTED: nested too deeply': 1 } },
  failures: [],
};
const corrupt = {
  ...right,
  state: 'failed' as const,
  records: { read: 9, imported: 8, rejected: 1, filtered: 0 },
  failures: [{ chunk: null, code: 'SOURCE_CORRUPT', message: 'It breaks.' }],
};
const changed = {
  ...corrupt,
  chunks: { total: 2, done: 1, failed: 1 },
  records: { read: 4, imported: 4, rejected: 0, filtered: 0 },
  failures: [{ chunk: 1, code: 'SOURCE_CHANGED', message: 'It was replaced.' }],
};

describe('the files of the soak', () => {
  it('are of every kind before one comes again', () => {
    const names = KINDS.map((_, number) => specAt(7, number).kind.name);
    expect(new Set(names)).toEqual(new Set(KINDS.map(({ name }) => name)));
  });

  it('come in another order with another seed', () => {
    const names = (seed: number): string[] => KINDS.map((_, number) => specAt(seed, number).kind.name);
    expect(names(7)).toEqual(names(7));
    expect(names(7)).not.toEqual(names(8));
  });

  it('hold the same lines each time', () => {
    const bytes = (): Buffer =>
      Buffer.concat(
        [...linesOf({ ...kindNamed('bad lines').lines, events: [300, 300] }, 7, 3)].map((line) => line.bytes),
      );
    expect(bytes().equals(bytes())).toBe(true);
  });

  it('share no event', () => {
    const shape = { ...kindNamed('small events').lines, events: [50, 50] as const };
    const ids = [1, 2].flatMap((number) =>
      [...linesOf(shape, 7, number)].map(({ event }) => event?.properties.$insert_id),
    );
    expect(new Set(ids).size).toBe(100);
  });

  it('have lines about as long as they should be', () => {
    const shape = { events: [20, 20] as const, eventBytes: 2_000 };
    for (const { bytes } of linesOf(shape, 7, 1)) expect(Math.abs(bytes.length - 2_000)).toBeLessThan(20);
  });
});

describe('the faults of the soak', () => {
  it('are the same for the same seed', () => {
    expect(weatherScript(7).slice(0, 2_000)).toEqual(weatherScript(7).slice(0, 2_000));
    expect(weatherScript(7).slice(0, 2_000)).not.toEqual(weatherScript(8).slice(0, 2_000));
  });
});

describe('a report', () => {
  it('passes if it says what the file holds', () => {
    expect(judgeReport(spec('bad lines'), expected, right)).toEqual([]);
    expect(judgeReport(spec('gzip, cut short'), { ...expected, rejected: 0 }, corrupt)).toEqual([]);
    expect(judgeReport(spec('replaced'), expected, right)).toEqual([]);
    expect(judgeReport(spec('replaced'), expected, changed)).toEqual([]);
  });

  it('may count a record that killed its senders as rejected', () => {
    const records = { ...right.records, imported: 7, rejected: 3 };
    const report = { ...right, records, rejects: { uri: null, byReason: { SENDER_KILLED: 1 } } };
    expect(judgeReport(spec('bad lines'), expected, report)).toEqual([]);
  });

  it.each([
    ['a record is missing', 'bad lines', { ...right, records: { ...right.records, imported: 7 } }],
    [
      'a record is imported that should not be',
      'bad lines',
      { ...right, records: { ...right.records, imported: 9, rejected: 1 } },
    ],
    ['fewer were read', 'bad lines', { ...right, records: { ...right.records, read: 9, imported: 7 } }],
    ['a reason is wrong', 'bad lines', { ...right, rejects: { uri: null, byReason: { INVALID_JSON: 2 } } }],
    ['it has failed', 'bad lines', { ...corrupt }],
    ['a chunk is not done', 'bad lines', { ...right, chunks: { total: 3, done: 2, failed: 0 } }],
    ['a broken file is complete', 'gzip, cut short', right],
    ['it has failed for another reason', 'replaced', { ...changed, failures: corrupt.failures }],
    [
      'a broken file misses an event',
      'gzip, cut short',
      { ...corrupt, records: { ...corrupt.records, read: 8, imported: 7 } },
    ],
  ])('does not pass if %s', (_, kind, report) => {
    expect(judgeReport(spec(kind), expected, report)).not.toEqual([]);
  });
});

describe('the events of a file', () => {
  it('are all there', () => {
    expect(judgePresence(spec('bad lines'), { present: 7, expected, reports: [right] })).toEqual([]);
    expect(judgePresence(spec('replaced'), { present: 5, expected, reports: [changed] })).toEqual([]);
  });

  it('are missed', () => {
    const lost = ['1 events lost of 7'];
    expect(judgePresence(spec('bad lines'), { present: 6, expected, reports: [right] })).toEqual(lost);
    expect(judgePresence(spec('replaced'), { present: 3, expected, reports: [changed] })).toEqual(lost);
  });

  it('are counted, all of them', () => {
    const problems = judgePresence(spec('gzip, cut short'), { present: 9, expected, reports: [corrupt] });
    expect(problems).toEqual(['1 events that no report counts, beside 8']);
  });
});

describe('the rejects files', () => {
  it('hold each rejected record once', () => {
    expect(judgeRejects(right, { lines: 2, places: 2 })).toEqual([]);
    expect(judgeRejects(right, { lines: 1, places: 1 })).toHaveLength(1);
    expect(judgeRejects(right, { lines: 3, places: 2 })).toHaveLength(1);
    expect(judgeRejects(right, { lines: 2, places: 1 })).toHaveLength(1);
  });
});

describe('growth', () => {
  it('compares the middles of the first third and the last', () => {
    expect(growthOf([10, 20, 90, 1, 1, 1, 40, 40, 50])).toEqual({ firstMB: 20, lastMB: 40, ratio: 2 });
  });
});
