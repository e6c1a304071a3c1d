import fc from 'fast-check';

/** A JSON file and the records that it holds. */
export interface JsonFile {
  readonly text: string;
  readonly records: readonly string[];
  readonly recordsPath?: string;
}

const value = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((json) => ({ a: json, '"]}': '\\[{' })) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);
const record = fc
  .tuple(value, fc.constantFrom(undefined, 0, 2))
  .map(([json, indent]) => JSON.stringify(json, null, indent));
const blank = fc.constantFrom('', ' ', '\n', '\r\n', '\t \n');
const records = fc.array(record, { maxLength: 8 });

const joined = (items: readonly string[], blanks: readonly string[], comma: string): string =>
  items
    .map((item, index) => `${blanks[index % blanks.length]}${index > 0 ? comma : ''}${blanks[0]}${item}`)
    .join('') + blanks[0];

const asArray = (items: readonly string[], blanks: readonly string[]): string =>
  `[${joined(items, blanks, ',')}]`;

/** Elements of an array at the top, or of several such arrays. */
const arrays = fc
  .tuple(fc.array(records, { minLength: 1, maxLength: 3 }), fc.array(blank, { minLength: 1, maxLength: 4 }))
  .map(([parts, blanks]) => ({
    text: parts.map((items) => asArray(items, blanks)).join(blanks[0]),
    records: parts.flat(),
  }));

/** Objects one behind another. */
const sequence = fc
  .tuple(records, fc.array(blank, { minLength: 1, maxLength: 4 }), fc.constantFrom('', ',', '\x1e', '\n'))
  .map(([items, blanks, separator]) => {
    const objects = items.filter((item) => item.startsWith('{'));
    return { text: joined(objects, blanks, separator), records: objects };
  });

/** Elements of an array under keys that need escapes, among others that only look like it. */
const nested = fc
  .tuple(records, fc.array(blank, { minLength: 1, maxLength: 4 }), fc.jsonValue({ maxDepth: 3 }))
  .map(([items, blanks, other]) => {
    const noise = JSON.stringify({ events: [other], data: { events: [1] }, x: ['data', { events: [2] }] });
    const inner = `{"a":${noise},"ev\\u0065nts":${asArray(items, blanks)},"z":${noise}}`;
    const text = `{"x":${noise},${blanks[0]}"data" : ${inner},"events":[${noise}],"more":${noise}}`;
    return { text: `${text}${blanks[0]}${text}`, records: [...items, ...items], recordsPath: 'data.events' };
  });

export const jsonFile: fc.Arbitrary<JsonFile> = fc.oneof(arrays, sequence, nested);
