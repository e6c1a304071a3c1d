import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface RejectLine {
  readonly place: { readonly offset: number; readonly chunk: number };
  readonly reason: string;
  readonly message: string;
  readonly raw?: string;
  readonly rawBase64?: string;
  readonly truncated?: boolean;
}

/** The rejects of an import, from all of its parts, in the order of the source. */
export const readRejects = async (cloudFolder: string, importId: string): Promise<RejectLine[]> => {
  const folder = join(cloudFolder, 'work', 'rejects', importId);
  const lines: RejectLine[] = [];
  for await (const part of glob('*.ndjson.gz', { cwd: folder })) {
    const text = gunzipSync(await readFile(join(folder, part))).toString('utf8');
    lines.push(
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  }
  return lines.sort((a, b) => a.place.offset - b.place.offset);
};
