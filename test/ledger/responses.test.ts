import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createResponsesWriter, type ResponseEntry } from '../../lib/ledger/responses.ts';

const entry = (overrides: Partial<ResponseEntry> = {}): ResponseEntry => ({
  atMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  chunk: 3,
  offset: 10,
  records: 2_000,
  attempt: 2,
  status: 503,
  bodyText: '<h1>"busy"</h1>\n',
  truncated: false,
  ...overrides,
});

const startWriter = () => {
  const texts: string[] = [];
  const writer = createResponsesWriter(async (part, body) => {
    texts[part] = gunzipSync(body).toString();
  });
  return {
    writer,
    texts,
    lines: () =>
      texts
        .join('')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
};

describe('createResponsesWriter', () => {
  it('writes each answer with its time, its batch and its body', async () => {
    const { writer, lines } = startWriter();
    await writer.add(entry());
    await writer.add(entry({ truncated: true }));
    expect(await writer.close()).toBe(1);
    const line = {
      at: '2026-01-02T03:04:05.678Z',
      place: { offset: 10, chunk: 3 },
      records: 2_000,
      attempt: 2,
      status: 503,
      body: '<h1>"busy"</h1>\n',
    };
    expect(lines()).toEqual([line, { ...line, truncated: true }]);
  });

  it('keeps an answer that lists 2,000 failures whole, and the beginning of a longer one', async () => {
    const { writer, lines } = startWriter();
    await writer.add(entry({ bodyText: 'x'.repeat(450_000) }));
    await writer.add(entry({ bodyText: 'x'.repeat(600_000) }));
    await writer.close();
    const [whole, cut] = lines();
    expect(whole).not.toHaveProperty('truncated');
    expect(whole.body).toHaveLength(450_000);
    expect(cut).toMatchObject({ truncated: true });
    expect(cut.body).toHaveLength(512 * 1024);
  });

  it('begins another part at 1 MiB', async () => {
    const { writer, texts } = startWriter();
    for (let i = 0; i < 8; i++) await writer.add(entry({ bodyText: 'x'.repeat(300_000) }));
    expect(await writer.close()).toBe(2);
    expect(texts.map((text) => text.trimEnd().split('\n').length)).toEqual([4, 4]);
  });

  it('writes nothing where nothing was answered', async () => {
    const { writer, texts } = startWriter();
    expect(await writer.close()).toBe(0);
    expect(texts).toEqual([]);
  });
});
