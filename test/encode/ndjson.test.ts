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

  it('cuts out a run of records', async () => {
    const part = ndjsonBatch(lines, { compress: false, compressionLevel: 6 }).slice(1, 3);
    expect(part.records).toBe(2);
    expect(Buffer.from((await part.encode()).body).toString()).toBe('{"漢":"é"}\n{}\n');
  });
});
