import type { ByteSource } from '../read/byte-source.ts';
import { createCsvCutter } from './csv-cutter.ts';
import { createCsvFramer } from './csv-framer.ts';
import { asCsvHeader } from './csv-header.ts';
import type { CsvSettings } from './csv-settings.ts';
import type { Cutter, CutterOptions, Format, FormatOptions, FrameOptions } from './format.ts';
import { frameRange, headerFor } from './pieces.ts';
import type { FramedRecord } from './record.ts';

/** A table as text; nothing in its bytes says so, only its name or the recipe. */
const tableFormat = (
  { name, fileNames }: Pick<Format, 'name' | 'fileNames'>,
  delimiterDefault: string,
): Format => {
  const settingsIn = ({ csv }: FormatOptions): CsvSettings => ({
    ...csv,
    delimiter: csv.delimiter ?? delimiterDefault,
  });
  const createCutter = (options: CutterOptions): Cutter =>
    createCsvCutter(settingsIn(options), options.state);
  return {
    name,
    fileNames,
    looksLike: () => false,
    cut: 'stream',
    createCutter,
    frame: (source, options) => frameCsv(source, options, settingsIn(options), createCutter),
  };
};

/** @see https://www.rfc-editor.org/rfc/rfc4180 */
export const csv: Format = tableFormat({ name: 'csv', fileNames: /\.csv$/i }, ',');
export const tsv: Format = tableFormat({ name: 'tsv', fileNames: /\.(tsv|tab)$/i }, '\t');

async function* frameCsv(
  source: ByteSource,
  options: FrameOptions,
  settings: CsvSettings,
  createCutter: (options: CutterOptions) => Cutter,
): AsyncGenerator<readonly FramedRecord[]> {
  const { range, startsFile, breaksOff = false, recordBytesMax, measure } = options;
  if (range.start >= range.end) return;
  const { parse } = await import('csv-parse/sync');
  const isFromStart = startsFile && range.start === 0;
  const header = isFromStart ? undefined : asCsvHeader(await headerFor(source, options, createCutter));
  const start = { start: range.start, header };
  const framer = createCsvFramer({ ...start, settings, breaksOff, recordBytesMax, parse });
  yield* frameRange(source, range, framer, measure);
}
