import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { WORK_BUCKET } from '../../local/cloud/bucket-names.ts';

/** The rejects files of an import. */
export interface RejectsFound {
  readonly lines: number;
  /** Records, by their places: as many as lines, unless one was written twice. */
  readonly places: number;
}

/** Counts the rejected records of an import in the folder of the Work bucket. */
export const countRejects = async (folder: string, importId: string): Promise<RejectsFound> => {
  const rejects = join(folder, WORK_BUCKET, 'rejects', importId);
  const places = new Set<string>();
  let lines = 0;
  for (const name of await readdir(rejects).catch(() => [])) {
    for (const line of gunzipSync(await readFile(join(rejects, name)))
      .toString('utf8')
      .split('\n')) {
      if (line === '') continue;
      lines += 1;
      const { place } = JSON.parse(line) as { place: { chunk: number; offset: number } };
      places.add(`${place.chunk} ${place.offset}`);
    }
  }
  return { lines, places: places.size };
};
