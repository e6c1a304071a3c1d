import { describe, expect, it } from 'vitest';
import { failed, html, partial, read } from './answers.ts';

describe('readResponse: 400', () => {
  it('takes the listed records as rejected and the others as imported', () => {
    expect(read(400, partial(23, failed([0, 24])))).toEqual({
      kind: 'accepted',
      imported: 23,
      rejected: [
        { index: 0, field: 'properties.time', reason: "'properties.time' is invalid" },
        { index: 24, field: 'properties.time', reason: "'properties.time' is invalid" },
      ],
    });
  });

  it('sorts rejections by index', () => {
    const verdict = read(400, partial(22, failed([24, 3, 11])));
    expect(verdict).toMatchObject({ rejected: [{ index: 3 }, { index: 11 }, { index: 24 }] });
  });

  it.each<[string, object, object]>([
    ['no field', { index: 4, message: 'bad' }, { index: 4, reason: 'bad' }],
    ['a field that is no string', { index: 4, field: 7, message: 'bad' }, { index: 4, reason: 'bad' }],
    ['the other name of the id', { index: 4, $insert_id: 'x', message: 'bad' }, { index: 4, reason: 'bad' }],
    ['no message', { index: 4 }, { index: 4, reason: 'refused by the API without a message' }],
    ['a hostile message', { index: 4, message: 'a\u0000b\nc' }, { index: 4, reason: 'a b c' }],
  ])('reads a failure with %s', (_, item, rejected) => {
    expect(read(400, partial(24, [item]))).toEqual({ kind: 'accepted', imported: 24, rejected: [rejected] });
  });

  it('bounds the length of a reason and a field', () => {
    const long = 'x'.repeat(300_000);
    const verdict = read(400, partial(24, [{ index: 4, message: long, field: long }]));
    expect(JSON.stringify(verdict).length).toBeLessThan(600);
  });

  it('needs no number when every record is listed', () => {
    const all = failed(Array.from({ length: 25 }, (_, index) => index));
    expect(read(400, partial(undefined, all))).toMatchObject({ kind: 'accepted', imported: 0 });
  });

  it('places strings when there is one for every record and none was imported', () => {
    const verdict = read(400, partial(0, ['bad name', 'bad time']), { recordsSent: 2 });
    expect(verdict).toEqual({
      kind: 'accepted',
      imported: 0,
      rejected: [
        { index: 0, reason: 'bad name' },
        { index: 1, reason: 'bad time' },
      ],
    });
  });

  it('takes an empty list as no rejections when all are imported', () => {
    expect(read(400, partial(25, []))).toEqual({ kind: 'accepted', imported: 25, rejected: [] });
  });

  it.each<[string, unknown]>([
    ['strings', partial(23, ['identity events are not allowed', 'identity events are not allowed'])],
    ['strings and no record imported', partial(0, ['identity events are not allowed'])],
    ['a string among objects', partial(23, [...failed([3]), 'bad'])],
    ['null among objects', partial(23, [...failed([3]), null])],
    ['an item without index', partial(24, [{ message: 'bad' }])],
    ['an index twice', partial(23, failed([3, 3]))],
    ['an index past the end', partial(24, failed([25]))],
    ['a negative index', partial(24, failed([-1]))],
    ['a fractional index', partial(24, failed([1.5]))],
    ['an index that is a string', partial(24, failed(['3']))],
    ['fewer failures than missing records', partial(20, failed([3]))],
    ['more failures than missing records', partial(25, failed([3]))],
    ['no number', partial(undefined, failed([3]))],
    ['a number that is a string', partial('24', failed([3]))],
    ['a negative number', partial(-1, failed([3]))],
    ['a list that is missing though some were imported', partial(24, undefined)],
    ['a list that is empty though some were not imported', partial(24, [])],
    ['a number that is a string, without a list', partial('24', undefined)],
    ['a list that is no list', partial(24, 'see above')],
  ])('halves the batch for %s', (_, body) => {
    expect(read(400, body)).toMatchObject({ kind: 'split' });
  });

  it('halves the batch when the answer is too long to read', () => {
    expect(read(400, '{"failed_records":[{', { truncated: true })).toMatchObject({ kind: 'split' });
  });

  it.each<[string, unknown, string]>([
    ['a string', partial(0, ['bad name', 'bad time']), 'bad name'],
    ['an index past the end', partial(0, failed([7])), "'properties.time' is invalid"],
    ['counts that do not add up', partial(1, failed([0])), "'properties.time' is invalid"],
    ['an index twice', partial(0, failed([0, 0])), "'properties.time' is invalid"],
  ])('rejects a lone record for %s', (_, body, reason) => {
    expect(read(400, body, { recordsSent: 1 })).toEqual({ kind: 'reject-batch', reason });
  });

  it('rejects a lone record when the answer is too long to read', () => {
    expect(read(400, 'x', { recordsSent: 1, truncated: true })).toMatchObject({ kind: 'reject-batch' });
  });

  it.each<[string, unknown, string]>([
    ['only an error', { code: 400, error: 'invalid JSON', status: 0 }, 'invalid JSON'],
    ['an empty list and none imported', partial(0, []), 'some data points in the request failed validation'],
    ['HTML', html('400 Bad Request'), '<html> <head><title>400 Bad Request</title></head> </html>'],
    ['nothing', '', 'empty answer'],
    ['an error that is no string', { error: { why: 1 } }, '{"error":{"why":1}}'],
    ['a plain 0', '0', '0'],
  ])('rejects the whole batch for %s', (_, body, reason) => {
    expect(read(400, body)).toEqual({ kind: 'reject-batch', reason });
  });
});
