import { isUtf8 } from 'node:buffer';

/** JSON text of bytes that most likely are text: a string, or base64 where they are not UTF-8. */
export const printText = (bytes: Uint8Array): string => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? JSON.stringify(buffer.toString('utf8')) : printBinary(buffer);
};

/** JSON text of bytes that are no text: base64. */
export const printBinary = (bytes: Uint8Array): string =>
  `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`;

/** JSON text of a plain value. JSON has no NaN and no infinity: they become null. An integer keeps its digits. */
export const printPlain = (value: number | bigint | boolean): string =>
  typeof value === 'number' && !Number.isFinite(value) ? 'null' : String(value);
