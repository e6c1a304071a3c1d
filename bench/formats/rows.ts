/** Of flat columns, so that it is of about one size in every format; about 1,000 bytes as JSON. */
export interface Row {
  readonly event: string;
  readonly time: number;
  readonly distinct_id: string;
  readonly id: string;
  readonly city: string;
  readonly path: string;
  readonly amount: number;
  readonly note: string;
}

export const COLUMNS = [
  'event',
  'time',
  'distinct_id',
  'id',
  'city',
  'path',
  'amount',
  'note',
] as const satisfies readonly (keyof Row)[];

const EVENTS = ['Page Viewed', 'Signed Up', 'Song Played', 'Order Completed'];
const CITIES = ['Berlin', 'Lagos', 'Lima', 'Osaka', 'Oslo', 'Pune', 'Quito', 'Turin'];
const WORDS = 1_009;
const NOTE_WORDS = 110;

/** The same rows each time. */
export const rows = (count: number): Row[] => {
  const random = randomNumbers();
  return Array.from({ length: count }, (_, n) => ({
    event: EVENTS[random() % EVENTS.length]!,
    time: 1_700_000_000_000 + n * 37,
    distinct_id: `user-${random() % 100_000}`,
    id: `e-${n}`,
    city: CITIES[random() % CITIES.length]!,
    path: `/catalogue/${random() % 500}/item/${random() % 100_000}`,
    amount: (random() % 100_000) / 100,
    note: Array.from({ length: NOTE_WORDS }, () => `word${random() % WORDS}`).join(' '),
  }));
};

/** xorshift32. */
const randomNumbers = (): (() => number) => {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
};
