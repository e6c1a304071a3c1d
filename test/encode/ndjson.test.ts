import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ndjsonBatch } from '../../lib/encode/ndjson.ts';

const lines = ['{"a":1}', '{"漢":"é"}', '{}'].map((line) => Buffer.from(line));

describe('ndjsonBatch', () => {
  it.each([0, 1, 6, 9])('joins lines and compresses them at level %i', async (compressionLevel) => {
    const encoded = await ndjsonBatch(lines, { compress: true, compressionLevel }).encode();
    expect(encoded).toMatchObject({ compressed: true, records: 3 });
    const text = gunzipSync(encoded.body).toString();
    expect(text).toBe('{"a":1}\n{"漢":"é"}\n{}\n');
    expect(encoded.rawBytes).toBe(Buffer.byteLength(text));
  });

  it('leaves the lines as they are where nothing is to be compressed', async () => {
    const { body, compressed } = await ndjsonBatch(lines, { compress: false, compressionLevel: 6 }).encode();
    expect(compressed).toBe(false);
    expect(Buffer.from(body).toString()).toBe('{"a":1}\n{"漢":"é"}\n{}\n');
  });

  it('gives the same bytes each time', async () => {
    const batch = ndjsonBatch(lines, { compress: true, compressionLevel: 6 });
    expect((await batch.encode()).body).toEqual((await batch.encode()).body);
  });

  it('joins lines and runs, and cuts any records out of them', async () => {
    const bytes = Buffer.from('{"b":1}\n{}\n{"c":2}\n');
    const run = { kind: 'run', offset: 0, bytes, ends: [8, 11, 19] } as const;
    const all = ['{"a":1}', '{"b":1}', '{}', '{"c":2}', '{"d":3}'];
    const batch = ndjsonBatch([Buffer.from(all[0]!), run, Buffer.from(all[4]!)], {
      compress: false,
      compressionLevel: 6,
    });
    expect(batch.records).toBe(5);
    for (let start = 0; start < 5; start++) {
      for (let end = start + 1; end <= 5; end++) {
        const { body, records } = await batch.slice(start, end).encode();
        const lines = all.slice(start, end).map((line) => `${line}\n`);
        expect([Buffer.from(body).toString(), records]).toEqual([lines.join(''), end - start]);
      }
    }
  });

  it('cuts out a run of records', async () => {
    const part = ndjsonBatch(lines, { compress: false, compressionLevel: 6 }).slice(1, 3);
    expect(part.records).toBe(2);
    expect(Buffer.from((await part.encode()).body).toString()).toBe('{"漢":"é"}\n{}\n');
  });
});
