import { describe, expect, it } from 'vitest';
import { importIdOf } from '../../lib/plan/import-id.ts';

const version = { bucket: 'inbox', key: 'in/May 2026.jsonl.gz', etag: 'e', sequencer: '1' };

describe('importIdOf', () => {
  it('is the same for the same version, and readable', () => {
    expect(importIdOf(version)).toBe(importIdOf({ ...version }));
    expect(importIdOf(version)).toMatch(/^may-2026-jsonl-gz-[0-9a-f]{20}$/);
  });

  it.each([
    { bucket: 'other' },
    { key: 'in2/May 2026.jsonl.gz' },
    { etag: 'f' },
    { sequencer: '2' },
    { versionId: 'v' },
  ])('differs with %o', (change) => {
    expect(importIdOf({ ...version, ...change })).not.toBe(importIdOf(version));
  });

  it('goes by the version id alone where there is one', () => {
    const versioned = { ...version, versionId: 'v' };
    expect(importIdOf({ ...versioned, etag: 'f', sequencer: '9' })).toBe(importIdOf(versioned));
  });

  it.each(['漢字', '...', 'a/', 'x'.repeat(1_000), '../../etc/passwd'])(
    'is a safe name for the key %s',
    (key) => {
      expect(importIdOf({ ...version, key })).toMatch(/^[a-z0-9][a-z0-9-]{0,39}-[0-9a-f]{20}$/);
    },
  );
});
