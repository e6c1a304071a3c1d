/** Good events, bad lines and blank ones: what a real file holds. Each is told from the others by its number. */
export const mixedFile = (count: number, { lastNewline = true } = {}): Buffer => {
  const lines = Array.from({ length: count }, (_, n) => lineOf(n));
  return Buffer.from(lines.join('\n') + (lastNewline ? '\n' : ''));
};

const lineOf = (n: number): string => {
  if (n % 11 === 3) return `{"n":${n},"event":`;
  if (n % 13 === 5) return '';
  const properties = { n, time: 1_700_000_000 + n, distinct_id: `u${n % 7}`, pad: 'é'.repeat(n % 17) };
  return JSON.stringify(n % 2 ? { event: 'flat', ...properties } : { event: 'nested', properties });
};

/** What must become of the lines of `mixedFile(count)`. */
export const numbersOf = (count: number): { good: number[]; bad: number[] } => {
  const numbers = [...Array(count).keys()];
  const bad = numbers.filter((n) => n % 11 === 3);
  return { bad, good: numbers.filter((n) => n % 11 !== 3 && n % 13 !== 5) };
};

/** The number of a line that was sent. */
export const numberOf = (line: string): number => JSON.parse(line).properties.n;

export const byNumber = (a: number, b: number): number => a - b;
