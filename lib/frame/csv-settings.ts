import type { CsvSettings as RecipeCsvSettings } from '../recipe/formats.ts';

/** How a table is written, with the delimiter of its format filled in. */
export interface CsvSettings extends RecipeCsvSettings {
  readonly delimiter: string;
}

/** How records end. `lf`: with LF or CRLF. */
export type Newline = 'lf' | 'cr';

/** What a chunk from the middle of the file must know. */
export interface CsvHeader {
  readonly newline: Newline;
  /** The text of the record that names the columns, where the file has one. */
  readonly record?: string | undefined;
}
