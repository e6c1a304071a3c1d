import fc from 'fast-check';

/** Bytes rich in what framing could get wrong: line ends, byte order marks, quotes and characters of several bytes. */
export const fileBytes = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('\n', '\r\n', '\r', ' ', '\t') },
      { weight: 2, arbitrary: fc.constantFrom('"', '\\', '{"a":1}', 'é', '漢', '😀', '\ufeff') },
      { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));
