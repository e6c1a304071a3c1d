const TEXT = Array.from({ length: 20_000 }, (_, i) => `word${(i * 104_729) % 9_973}`).join(' ');

/** An event of about `bytes` bytes, told from the others by its number. */
export const eventLine = (n: number, bytes = 300): string => {
  const properties = { time: 1_700_000_000_000 + n, distinct_id: `u${n % 50}`, $insert_id: `id-${n}`, n };
  const bare = JSON.stringify({ event: 'View', properties: { ...properties, pad: '' } }).length;
  const from = (n * 7_919) % 50_000;
  const pad = TEXT.slice(from, from + Math.max(0, bytes - bare));
  return JSON.stringify({ event: 'View', properties: { ...properties, pad } });
};

export const eventFile = (count: number, bytesOf: (n: number) => number = () => 300): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, n) => `${eventLine(n, bytesOf(n))}\n`).join(''));
