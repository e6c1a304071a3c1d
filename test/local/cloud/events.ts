/** Lines of events that can travel as they are, with ids `<prefix>-0`, `<prefix>-1` … */
export const eventLines = (prefix: string, count: number, extra: object = {}): string[] =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      event: 'Tested',
      properties: {
        time: 1_700_000_000 + i,
        distinct_id: `user-${i % 7}`,
        $insert_id: `${prefix}-${i}`,
        ...extra,
      },
    }),
  );

export const eventIds = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

export const jsonl = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
