import * as z from 'zod';
import { PLACES_PER_BYTE_MAX } from '../frame/record.ts';

const isPlace = (value: number): boolean => Number.isInteger(value * PLACES_PER_BYTE_MAX);

/** Where a record begins or a range ends: a byte or a row, or in Avro a place between bytes. */
export const placeSchema = z
  .number()
  .nonnegative()
  .max(Number.MAX_SAFE_INTEGER)
  .refine(isPlace, `must be a multiple of 1/${PLACES_PER_BYTE_MAX}`);

export interface Extent {
  readonly object: { readonly sizeBytes: number };
  /** Of all of the object, where its places are rows. */
  readonly rows?: number | undefined;
}

/**
 * Bytes of an object that lie before a place of it. A row is given an equal part of the bytes, so that over all
 * chunks, however they are continued, the bytes come to those of the object.
 */
export const bytesBefore = (place: number, { object, rows }: Extent): number =>
  Math.floor(rows === undefined ? place : (place / rows) * object.sizeBytes);
