import { isUtf8 } from 'node:buffer';

/** JSON text of bytes that most likely are text: a string, or base64 where they are not UTF-8. */
export const printText = (bytes: Uint8Array): string => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? JSON.stringify(buffer.toString('utf8')) : printBinary(buffer);
};

/** JSON text of bytes that are no text: base64. */
export const printBinary = (bytes: Uint8Array): string =>
  `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`;

/** JSON text of the 16 bytes of a UUID. */
export const printUuid = (bytes: Uint8Array): string => {
  const hex = Buffer.from(bytes).toString('hex');
  return `"${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}"`;
};

/**
 * JSON text of an ISO 8601 duration: months, days and milliseconds do not add up to one number.
 *
 * @param bytes 12 of them: three unsigned integers, least significant byte first
 */
export const printDuration = (bytes: Uint8Array): string => {
  const [months, days, milliseconds] = new Uint32Array(Uint8Array.from(bytes).buffer);
  return `"P${months}M${days}DT${milliseconds! / 1000}S"`;
};

/** JSON text of a plain value. JSON has no NaN and no infinity: they become null. An integer keeps its digits. */
export const printPlain = (value: number | bigint | boolean): string =>
  typeof value === 'number' && !Number.isFinite(value) ? 'null' : String(value);
