/** JSON source text access (https://tc39.es/proposal-json-parse-with-source/), in Node 24 but not yet in TypeScript's library. */
interface RawJSON {
  readonly rawJSON: string;
}

interface JSON {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawJSON;
  isRawJSON(value: unknown): value is RawJSON;
}
