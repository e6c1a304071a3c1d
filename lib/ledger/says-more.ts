import type { ReportedSource } from '../plan/chunk.ts';

/** A run that gave up before it looked at the source knows neither its layout nor its size. */
export const saysMore = (a: ReportedSource, b: ReportedSource): boolean =>
  (a.format === 'unknown') === (b.format === 'unknown') ? a.bytes > b.bytes : a.format !== 'unknown';
