import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { fileSource } from '../../cli/file-source.ts';
import { temporaryFolder } from '../local/s3/store-fixture.ts';

const BYTES = Buffer.from('0123456789'.repeat(20_000));

const fileOf = async (): Promise<string> => {
  const path = join(await temporaryFolder(), 'a.jsonl');
  await writeFile(path, BYTES);
  return path;
};

describe('fileSource', () => {
  it.each([
    [0, 200_000],
    [0, 1],
    [199_999, 200_000],
    [1_234, 123_456],
    [7, 7],
    [10, 5],
  ])('reads the bytes from %d to %d', async (start, end) => {
    const source = await fileSource(await fileOf());
    expect(source.sizeBytes).toBe(200_000);
    expect(await buffer(source.read({ start, end }))).toEqual(BYTES.subarray(start, Math.max(start, end)));
  });

  it('says when a file is not there, at once or later', async () => {
    await expect(fileSource('/no/such/file')).rejects.toMatchObject({ code: 'SOURCE_VANISHED' });
    const path = await fileOf();
    const source = await fileSource(path);
    await rm(path);
    await expect(buffer(source.read({ start: 0, end: 5 }))).rejects.toMatchObject({
      code: 'SOURCE_VANISHED',
      retryable: false,
    });
  });
});
