import { readFileSync } from 'node:fs';

/** A file of test/read/fixtures, written by the tool that its kind is known by. */
export const fixture = (name: string): Buffer => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

/** The lines that fixtures hold. */
export const eventLines = (event: string, count: number): Buffer =>
  Buffer.from(
    Array.from(
      { length: count },
      (_, n) => `{"event": "${event}", "properties": {"time": ${1_700_000_000 + n}, "n": ${n}}}\n`,
    ).join(''),
  );

/** Text that compresses about as events do, and nowhere repeats itself. */
export const eventLikeText = (bytes: number): Buffer => {
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  const lines: string[] = [];
  for (let length = 0; length < bytes; length += lines.at(-1)!.length)
    lines.push(
      `{"event":"viewed","properties":{"id":"${random().toString(36)}","ms":${random() % 5_000}}}\n`,
    );
  return Buffer.from(lines.join('')).subarray(0, bytes);
};
