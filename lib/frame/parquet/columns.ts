import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import type { ParquetSettings } from '../../recipe/formats.ts';
import { FrameError } from '../frame-error.ts';
import { corrupt, decoding } from './corrupt.ts';
import type { ParquetLibrary } from './file.ts';
import { type Print, printerOf } from './values.ts';
import {
  type Field,
  type Write,
  writeAny,
  writeEntries,
  writeGroup,
  writeInner,
  writeLeaf,
  writeRepeated,
  writeWrapped,
} from './write.ts';

/** Deeper schemas are none that a system writes. */
const DEPTH_MAX = 64;
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
 * hyparquet is shown the schema without names and annotations. Without names, no column is called like a property
 * of JavaScript's own or like another one. Without annotations its values come as they stand in the pages, and lists
 * and maps as the structs that they are made of, so that all of them can be written exactly.
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
  const build = createBuilder({ ...root, children: [], path: [] });
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

/** A node as hyparquet is to see it, and what writes its values. */
interface Built {
  readonly tree: SchemaTree;
  /** JSON text of its name with a colon. */
  readonly key: string;
  /** Of the whole field, and of one item where it repeats. */
  readonly write: Write;
  readonly writeItem: Write;
  readonly children: readonly Built[];
  readonly leaves: readonly Leaf[];
}

/** Builds one column after the other, counting leaves in the order in which row groups have them. */
const createBuilder = (root: SchemaTree) => {
  let nodes = 0;
  let leaves = 0;

  const build = (node: SchemaTree, parents: SchemaTree[], isJson: boolean): Built => {
    if (parents.length > DEPTH_MAX) throw corrupt(`its schema is nested more than ${DEPTH_MAX} levels deep`);
    const tree =
      parents.some(isVariant) || isVariant(node)
        ? withPath(node, node.element, node.element.name, parents)
        : plainNode(node, `c${nodes++}`, parents);
    const children = node.children
      .map((child) => build(child, [...parents, tree], isJson))
      .filter((child) => child.leaves.length > 0);
    tree.children.push(...children.map((child) => child.tree));
    const isLeaf = node.children.length === 0 && node.element.type !== undefined;
    const leaf = isLeaf ? [leafOf(node, [...parents, tree], leaves++, isJson)] : [];
    const writeItem = isLeaf ? writeLeaf : groupWriter(node, children);
    const isRepeated = node.element.repetition_type === 'REPEATED';
    return {
      tree,
      key: `${JSON.stringify(node.element.name)}:`,
      writeItem,
      write: isRepeated ? writeRepeated(writeItem) : writeItem,
      children,
      leaves: [...leaf, ...children.flatMap((child) => child.leaves)],
    };
  };

  return (node: SchemaTree, isJson: boolean): Column => {
    const built = build(node, [root], isJson);
    return { ...built, name: node.element.name };
  };
};

const isVariant = ({ element }: SchemaTree): boolean => element.logical_type?.type === 'VARIANT';

const withPath = (
  node: SchemaTree,
  element: SchemaElement,
  name: string,
  parents: readonly SchemaTree[],
): SchemaTree => ({
  count: node.count,
  children: [],
  path: [...parents.at(-1)!.path, name],
  element: { ...element, name },
});

const plainNode = (node: SchemaTree, name: string, parents: readonly SchemaTree[]): SchemaTree => {
  const { type, type_length, repetition_type } = node.element;
  const element = {
    name,
    ...(type && { type }),
    ...(type_length !== undefined && { type_length }),
    ...(repetition_type && { repetition_type }),
  };
  return withPath(node, element, name, parents);
};

const leafOf = (
  { element, path }: SchemaTree,
  schemaPath: SchemaTree[],
  index: number,
  isJson: boolean,
): Leaf => {
  const isInVariant = schemaPath.some(isVariant);
  const print = isInVariant ? undefined : printerOf(element, isJson);
  // hyparquet hands every value of a DATE, whatever its type, to a parser of ours: there it is printed.
  if (print) schemaPath.at(-1)!.element.converted_type = 'DATE';
  const isRepeated = schemaPath.some((node) => node.element.repetition_type === 'REPEATED');
  return { index, path, element, schemaPath, isRepeated, print, isInVariant };
};

/** Lists and maps in all their forms (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md), and structs. */
const groupWriter = (node: SchemaTree, children: readonly Built[]): Write => {
  if (isVariant(node)) return writeAny;
  const [repeated] = children;
  const isWrapper = children.length === 1 && repeated!.tree.element.repetition_type === 'REPEATED';
  if (!isWrapper || !repeated) return writeGroup(children.map(fieldOf));
  const entry = repeated.children.map(fieldOf);
  if (isAnnotated(node, 'LIST')) {
    const item = isItemItself(node, repeated) ? repeated.writeItem : writeInner(entry[0]!);
    return writeWrapped(repeated.tree.element.name, writeRepeated(item));
  }
  if ((isAnnotated(node, 'MAP') || isAnnotated(node, 'MAP_KEY_VALUE')) && entry.length === 2) {
    return writeWrapped(repeated.tree.element.name, writeEntries(entry[0]!, entry[1]!));
  }
  return writeGroup([fieldOf(repeated)]);
};

const fieldOf = ({ tree, key, write }: Built): Field => ({ name: tree.element.name, key, write });

const isAnnotated = ({ element }: SchemaTree, name: string): boolean =>
  element.converted_type === name || element.logical_type?.type === name;

/** In older lists, what repeats is the item; in others, a struct around it. */
const isItemItself = (list: SchemaTree, repeated: Built): boolean => {
  const { name } = list.children[0]!.element;
  return repeated.children.length !== 1 || name === 'array' || name === `${list.element.name}_tuple`;
};
