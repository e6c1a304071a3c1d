import { describe, expect, it } from 'vitest';
import { importIdOf } from '../../lib/plan/import-id.ts';
import { parseNotification } from '../../lib/plan/notification.ts';
import { REPLAYS_MAX, replayNotification, versionOfImport } from '../../lib/plan/replay.ts';

const version = (versionId: string) => ({
  bucket: 'inbox',
  key: 'in/a b+c 漢.jsonl',
  versionId,
  etag: `etag-${versionId}-3`,
  sizeBytes: 7,
});

describe('replayNotification', () => {
  it('names the same version of the same object, as another import each time', () => {
    const [first] = parseNotification(replayNotification(version('v1'), 1));
    const { bucket, key, versionId, etag } = version('v1');
    expect(first).toEqual({ bucket, key, versionId, etag, sequencer: undefined, replay: 1 });
    const ids = [undefined, 1, 2].map((replay) => importIdOf({ ...version('v1'), replay }));
    expect(new Set(ids).size).toBe(3);
    expect(importIdOf({ ...first!, etag: first!.etag! })).toBe(ids[1]);
  });
});

describe('versionOfImport', () => {
  const versions = [version('v3'), version('v2'), version('v1')];

  it.each([undefined, 1, REPLAYS_MAX])('finds what an import has read, be it replay %s', (replay) => {
    expect(versionOfImport(importIdOf({ ...version('v2'), replay }), versions)).toEqual(version('v2'));
  });

  it('finds nothing when that version is gone', () => {
    expect(versionOfImport(importIdOf(version('v0')), versions)).toBeUndefined();
  });
});
