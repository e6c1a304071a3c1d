import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import type { ParquetSettings } from '../../recipe/formats.ts';
import { FrameError } from '../frame-error.ts';
import { createColumnBuilder } from './build-column.ts';
import { decoding } from './corrupt.ts';
import type { ParquetLibrary } from './file.ts';
import type { Print } from './values.ts';
import type { Write } from './write.ts';

const NAMES_SHOWN_MAX = 20;

/** One column of the records, which may be nested. */
export interface Column {
  readonly name: string;
  /** Its name as JSON text with a colon. */
  readonly key: string;
  /** As hyparquet is to see it. */
  readonly tree: SchemaTree;
  readonly leaves: readonly Leaf[];
  readonly write: Write;
}

/** A column chunk in each row group. */
export interface Leaf {
  /** Which of a row group's column chunks it is. */
  readonly index: number;
  /** As the file has it. */
  readonly path: readonly string[];
  readonly element: SchemaElement;
  /** From the root, as hyparquet is to see it. */
  readonly schemaPath: SchemaTree[];
  /** One row may have several values, or none. */
  readonly isRepeated: boolean;
  /** What makes JSON text of a value; undefined where values are what they are. */
  readonly print: Print | undefined;
  /** It is part of a value that hyparquet puts together. */
  readonly isInVariant: boolean;
}

/**
 * The columns that the recipe wants of a file, in the order of the file.
 *
 * @throws {FrameError} `PARQUET_COLUMN_MISSING`
 * @throws {ReadError} `SOURCE_CORRUPT` where the schema makes no sense
 */
export const selectColumns = (
  library: ParquetLibrary,
  metadata: FileMetaData,
  { columns, jsonColumns }: ParquetSettings,
): readonly Column[] => {
  const root = decoding('its schema', () => library.parquetSchema(metadata));
  const names = root.children.map(({ element }) => element.name);
  for (const name of [...(columns ?? []), ...(jsonColumns ?? [])]) {
    if (!names.includes(name)) throw missingColumn(name, names);
  }
  const wanted = columns && new Set(columns);
  const json = new Set(jsonColumns);
  const build = createColumnBuilder({ ...root, element: { name: 'root' }, children: [], path: [] });
  const built = root.children.map((node) => build(node, json.has(node.element.name)));
  return built.filter(({ name, leaves }) => leaves.length > 0 && (!wanted || wanted.has(name)));
};

const missingColumn = (name: string, names: readonly string[]): FrameError => {
  const shown = names.slice(0, NAMES_SHOWN_MAX).map((each) => JSON.stringify(each));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return new FrameError(
    'PARQUET_COLUMN_MISSING',
    `The recipe names the column ${JSON.stringify(name)} in \`parquet\`, but the file has ${shown.join(', ')}${more}: correct the recipe.`,
  );
};
