/** One data set: what each record says, with all that makes a format stumble. */
export const SEEN_EVENTS = Array.from({ length: 400 }, (_, n) => ({
  event: 'Seen',
  time: 1_700_000_000 + n,
  distinct_id: `u${n % 7}`,
  n,
  text: ['plain', 'a "quoted" word', 'two\nlines', 'comma, and ; more', 'é漢😀', ' spaces ', '[]{}:,'][n % 7],
  id: `${'9'.repeat(18)}${n % 10}`,
}));
