import { describe, expect, it } from 'vitest';
import { parseNotification } from '../../lib/plan/notification.ts';

const record = (object: object, eventName = 'ObjectCreated:Put') => ({
  eventVersion: '2.6',
  eventName,
  s3: { bucket: { name: 'inbox' }, object },
});

const parse = (...Records: object[]) => parseNotification(JSON.stringify({ Records }));

describe('parseNotification', () => {
  it('names the objects that were created', () => {
    expect(
      parse(
        record({ key: 'a.jsonl', size: 5, eTag: 'e1', sequencer: '0A' }),
        record({ key: 'b.jsonl', versionId: 'v2' }, 's3:ObjectCreated:CompleteMultipartUpload'),
      ),
    ).toEqual([
      { bucket: 'inbox', key: 'a.jsonl', etag: 'e1', sequencer: '0A' },
      { bucket: 'inbox', key: 'b.jsonl', versionId: 'v2' },
    ]);
  });

  it.each([
    ['a+b.jsonl', 'a b.jsonl'],
    ['a%2Bb.jsonl', 'a+b.jsonl'],
    ['%E6%BC%A2/100%25%23.jsonl', '漢/100%#.jsonl'],
  ])('decodes the key %s', (key, decoded) => {
    expect(parse(record({ key }))).toMatchObject([{ key: decoded }]);
  });

  it('takes the test event of a new notification as nothing', () => {
    expect(
      parseNotification('{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01T00:00:00.000Z"}'),
    ).toEqual([]);
  });

  it('leaves out what is not created', () => {
    expect(
      parse(
        record({ key: 'a' }, 'ObjectRemoved:Delete'),
        record({ key: 'a' }, 'ReducedRedundancyLostObject'),
      ),
    ).toEqual([]);
  });

  it('leaves out the empty marker of a folder, but no object that only looks like one', () => {
    expect(
      parse(
        record({ key: 'in/', size: 0 }),
        record({ key: 'in%2F' }),
        record({ key: 'in/', size: 7, eTag: 'e' }),
      ),
    ).toEqual([{ bucket: 'inbox', key: 'in/', etag: 'e' }]);
  });

  it('takes the longest key that S3 allows, and none beyond', () => {
    expect(parse(record({ key: '%E6%BC%A2'.repeat(341) }))).toMatchObject([{ key: '漢'.repeat(341) }]);
    expect(() => parse(record({ key: '%E6%BC%A2'.repeat(342) }))).toThrow('a key of 1026 bytes');
    expect(() => parse(record({ key: 'x'.repeat(200_000) }))).toThrow('S3 allows 1024');
  });

  it.each(['%', '%E6%BC', '%zz', '%C0%AF', '%ED%A0%80'])('refuses the key %s, which is not UTF-8', (key) => {
    expect(() => parse(record({ key }))).toThrow('a key in it is not percent-encoded UTF-8');
  });

  it.each([
    'not JSON',
    '{}',
    '{"Records":[]}',
    '{"Records":[{"eventName":"ObjectCreated:Put"}]}',
    '[1]',
    'null',
  ])('refuses %s', (body) => {
    expect(() => parseNotification(body)).toThrow();
  });
});
