import { asCsvHeader, createHeaderReader, headerOf } from './csv-header.ts';
import { createCsvScanner } from './csv-scan.ts';
import type { CsvHeader, CsvSettings } from './csv-settings.ts';
import type { Cutter } from './format.ts';

/** Borders are behind records: there the names of the columns, and how records end, are all there is to know. */
export const createCsvCutter = (settings: CsvSettings, state: unknown): Cutter => {
  const known = asCsvHeader(state);
  const scanner = createCsvScanner(settings, known?.newline);
  const reader = createHeaderReader(settings);
  let record = known?.record;
  let isHeader = settings.header && known === undefined;

  const readHeader = (bytes: Buffer, hasEnded: boolean): void => {
    reader.add(bytes);
    if (!hasEnded) return;
    record = reader.end();
    isHeader = record === undefined;
  };

  const advance = (bytes: Buffer, from: number): number => {
    for (let at = 0; at < bytes.length; ) {
      const end = scanner.scan(bytes, at);
      if (isHeader) readHeader(bytes.subarray(at, end < 0 ? bytes.length : end), end >= 0);
      if (end < 0) return -1;
      if (!isHeader && end >= Math.max(from, 1)) return end;
      at = end;
    }
    return -1;
  };

  const header = (): CsvHeader | undefined => {
    const newline = scanner.newline();
    return isHeader || newline === undefined ? undefined : headerOf(record, newline);
  };

  return { advance, header, state: header };
};
