/** Whole numbers from 0 to 2^32, the same each time. */
export type Random = () => number;

const NAMES = [
  'Page Viewed',
  'Signed Up',
  'Song Played',
  'Item Added To Cart',
  'Order Completed',
  'Search Run',
];
const PLACES = ['Berlin', 'Lagos', 'Lima', 'Osaka', 'Oslo', 'Pune', 'Quito', 'Turin'];
const PLANS = ['free', 'team', 'enterprise'];
const SYSTEMS = ['iOS', 'Android', 'Windows', 'macOS', 'Linux'];
const BROWSERS = ['Chrome', 'Safari', 'Firefox', 'Edge', 'Samsung Internet'];
const KINDS = ['Home', 'Garden', 'Office', 'Kitchen', 'Outdoor', 'Toys'];
const BRANDS = ['Northwind', 'Contoso', 'Fabrikam', 'Tailspin', 'Adventure Works'];
const WORDS =
  'acid air amber apple arch ash autumn bag band basil bay bean beech bell birch black blue board boat bold bone book boot bowl box bread brick bright bronze brown brush cable calm camp canvas card cedar chair chalk cherry city clay clean clear cliff cloth cloud coal coast cold copper coral cotton cream crisp cup dark deep desk dish door dune earth edge elm fern field fig fire flat flax fog forest fresh frost full garden glass gold grain grass gray green grove half hazel heavy hill home honey horn ice ink iron ivory jade jar juniper kettle key kit lake lamp large leaf lemon light lime linen lock loop lunar maple marble meadow mild mint mist moon moss mug navy night north oak oat ocean olive orange paper path pearl pepper pine plain plum pocket pond quartz quiet rain reed rice ring river road rock rope rose round rust sage salt sand satin shade shell silk silver slate slim small smoke smooth snow soft soil spark spring spruce steel stem stone storm straw summer sun sweet tall teal thread tide tile timber tray tree twig vale velvet wall warm water wave wax west wheat white wide wild willow wind wine winter wood wool yard yellow'.split(
    ' ',
  );
/** Events of at least so many bytes say more than the least. */
const RICH_BYTES_MIN = 1_000;
/** `,"note":""`, and what a last item may have too much. */
const NOTE_BYTES = 10;
/** Mixpanel refuses a list from 8,000 bytes on. */
const LIST_BYTES_MAX = 7_000;
const ITEM_BYTES_MAX = 320;

/**
 * One event as a shop would log it, with the id `e-<i>`: a line of JSON without its newline. Keys, names and words come
 * again and numbers and ids do not, so that gzip makes a sixth or so of many such events, as of real ones.
 *
 * @param eventBytes about this long a line, its newline included; at least 240
 */
export const productEvent = (i: number, random: Random, eventBytes: number): string => {
  const properties = eventBytes < RICH_BYTES_MIN ? leastOf(i, random) : richOf(i, random, eventBytes);
  const event = { event: pick(NAMES, random), properties };
  const missing = eventBytes - JSON.stringify(event).length - 1;
  if (missing <= NOTE_BYTES) return JSON.stringify(event);
  return JSON.stringify({
    ...event,
    properties: { ...properties, note: words(missing - NOTE_BYTES, random) },
  });
};

const leastOf = (i: number, random: Random) => ({
  time: 1_700_000_000_000 + i * 37,
  distinct_id: `user-${random() % 100_000}`,
  $insert_id: `e-${i}`,
  $city: pick(PLACES, random),
  session: random().toString(16).padStart(8, '0').repeat(2),
  path: `/catalogue/${random() % 500}/item/${random() % 100_000}`,
  amount: (random() % 100_000) / 100,
  returning: random() % 2 === 0,
  plan: pick(PLANS, random),
});

const richOf = (i: number, random: Random, eventBytes: number) => {
  const least = leastOf(i, random);
  const rich = {
    ...least,
    $os: pick(SYSTEMS, random),
    $browser: pick(BROWSERS, random),
    $browser_version: 80 + (random() % 60),
    $screen_width: pick([1280, 1366, 1440, 1920, 2560], random),
    $device_id: `${random().toString(16)}-${random().toString(16)}`,
    $current_url: `https://shop.example.com${least.path}?utm_source=newsletter&utm_campaign=${words(5, random)}`,
    experiment: { name: pick(WORDS, random), variant: pick(['control', 'a', 'b'], random) },
  };
  return { ...rich, ...itemsOf(eventBytes - ITEM_BYTES_MAX - JSON.stringify(rich).length, random) };
};

/** Items of so many bytes or a little more, in lists that Mixpanel takes. */
const itemsOf = (bytes: number, random: Random): Record<string, object[]> => {
  const lists: Record<string, object[]> = { items: [] };
  let list = lists.items!;
  let listBytes = 0;
  for (let left = bytes - '"items":[]'.length; left > 0; ) {
    if (listBytes > LIST_BYTES_MAX) {
      list = [];
      listBytes = 0;
      const name = `items_${Object.keys(lists).length + 1}`;
      lists[name] = list;
      left -= name.length;
    }
    const item = itemOf(random);
    const itemBytes = JSON.stringify(item).length + 1;
    list.push(item);
    listBytes += itemBytes;
    left -= itemBytes;
  }
  return lists;
};

const itemOf = (random: Random) => ({
  sku: `SKU-${100_000 + (random() % 20_000)}`,
  name: `${pick(WORDS, random)} ${pick(WORDS, random)} ${pick(WORDS, random)}`,
  category: pick(KINDS, random),
  brand: pick(BRANDS, random),
  price: (random() % 20_000) / 100,
  quantity: 1 + (random() % 3),
  in_stock: random() % 10 > 0,
  image: `https://cdn.example.com/catalogue/items/${random() % 20_000}/large.webp`,
});

const words = (length: number, random: Random): string => {
  let text = pick(WORDS, random);
  while (text.length < length) text += ` ${pick(WORDS, random)}`;
  return text.slice(0, length);
};

const pick = <T>(list: readonly T[], random: Random): T => list[random() % list.length]!;
