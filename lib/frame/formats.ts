import type { FormatName } from '../recipe/formats.ts';
import { avro } from './avro.ts';
import { csv, tsv } from './csv.ts';
import type { Format } from './format.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { parquet } from './parquet.ts';

/** Every format, one line each; the first one that a file looks like is the one it has. */
export const FORMATS: readonly Format[] = [jsonl, json, csv, tsv, parquet, avro];

/** @throws {Error} for a name without a format */
export const formatOf = (name: FormatName): Format => {
  const format = FORMATS.find((known) => known.name === name);
  if (format) return format;
  throw new Error(`There is no format "${name}".`);
};
