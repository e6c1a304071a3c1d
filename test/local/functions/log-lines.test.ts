import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { forwardLines, LOG_LINE_BYTES_MAX } from '../../../local/functions/log-lines.ts';
import { hostOf } from './fixtures.ts';

async function linesOf(chunks: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  const output = new PassThrough();
  forwardLines(output, (line) => lines.push(line));
  for (const chunk of chunks) output.write(Buffer.from(chunk, 'latin1'));
  output.end();
  await new Promise((resolve) => output.once('close', resolve));
  return lines;
}

describe('forwardLines', () => {
  it.each([
    { chunks: ['one\ntwo\n'], lines: ['one', 'two'] },
    { chunks: ['on', 'e\nt', 'wo'], lines: ['one', 'two'] },
    { chunks: ['\n\n'], lines: ['', ''] },
    { chunks: ['caf\xc3', '\xa9\n'], lines: ['café'] },
    { chunks: [], lines: [] },
  ])('makes $lines of $chunks', async ({ chunks, lines }) => {
    expect(await linesOf(chunks)).toEqual(lines);
  });

  it('cuts a line at its maximum, says so, and goes on with the next', async () => {
    const longest = 'x'.repeat(LOG_LINE_BYTES_MAX);
    expect(await linesOf([`${longest}\n`])).toEqual([longest]);
    expect(await linesOf([`${longest}y`, 'zz\nnext\n'])).toEqual([`${longest} [line cut]`, 'next']);
  });
});

it('hands over both outputs of a function', async () => {
  const lines: string[] = [];
  const host = hostOf('act.mjs', { onLog: (line) => lines.push(line) });
  await host.invoke({ action: 'log', stdout: '{"level":"INFO"}\nhalf', stderr: 'warned\n' });
  await host.close();
  expect(lines.toSorted()).toEqual(['half', 'warned', '{"level":"INFO"}']);
});
