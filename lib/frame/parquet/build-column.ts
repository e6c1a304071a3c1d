import type { SchemaElement, SchemaTree } from 'hyparquet';
import type { Column, Leaf } from './columns.ts';
import { corrupt } from './corrupt.ts';
import { printerOf } from './values.ts';
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

/**
 * Builds one column after the other, counting leaves in the order in which row groups have them.
 *
 * hyparquet is shown the schema without names and annotations. Without names, no column is called like a property
 * of JavaScript's own or like another one. Without annotations its values come as they stand in the pages, and lists
 * and maps as the structs that they are made of, so that all of them can be written exactly.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where the schema makes no sense
 */
export const createColumnBuilder = (root: SchemaTree) => {
  let nodes = 0;
  let leaves = 0;

  const build = (node: SchemaTree, parents: SchemaTree[], isJson: boolean): Built => {
    if (parents.length > DEPTH_MAX) throw corrupt(`its schema is nested more than ${DEPTH_MAX} levels deep`);
    if (isRepeatedLeaf(node)) return repeatedLeaf(node, parents, isJson);
    const tree =
      parents.some(isVariant) || isVariant(node)
        ? withPath(node, node.element, node.element.name, parents)
        : plainNode(node, `c${nodes++}`, parents);
    const children = node.children
      .map((child) => build(child, [...parents, tree], isJson))
      .filter((child) => child.leaves.length > 0);
    tree.children.push(...children.map((child) => child.tree));
    const isLeaf = isTyped(node) && node.children.length === 0;
    const leaf = isLeaf ? [leafOf(node, [...parents, tree], leaves++, isJson)] : [];
    const writeItem = isLeaf ? writeLeaf : groupWriter(node, children);
    return {
      tree,
      key: `${JSON.stringify(node.element.name)}:`,
      writeItem,
      write: isRepeated(node) ? writeRepeated(writeItem) : writeItem,
      children,
      leaves: [...leaf, ...children.flatMap((child) => child.leaves)],
    };
  };

  /** hyparquet loses where a row goes on if a leaf itself repeats; a struct of one leaf that repeats has the same pages. */
  const repeatedLeaf = (node: SchemaTree, parents: SchemaTree[], isJson: boolean): Built => {
    const { name } = node.element;
    const inner: SchemaTree = { ...node, element: { ...node.element, repetition_type: 'REQUIRED' } };
    const struct: SchemaTree = { ...node, element: { name, repetition_type: 'REPEATED' }, children: [inner] };
    const built = build(struct, parents, isJson);
    const writeItem = writeInner(fieldOf(built.children[0]!));
    return { ...built, children: [], writeItem, write: writeRepeated(writeItem) };
  };

  return (node: SchemaTree, isJson: boolean): Column => {
    const built = build(node, [root], isJson);
    return { ...built, name: node.element.name };
  };
};

const isTyped = ({ element }: SchemaTree): boolean => element.type !== undefined;
const isRepeated = ({ element }: SchemaTree): boolean => element.repetition_type === 'REPEATED';
const isRepeatedLeaf = (node: SchemaTree): boolean =>
  isRepeated(node) && isTyped(node) && node.children.length === 0;
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
  return { index, path, element, schemaPath, isRepeated: schemaPath.some(isRepeated), print, isInVariant };
};

/** Lists and maps in all their forms (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md), and structs. */
const groupWriter = (node: SchemaTree, children: readonly Built[]): Write => {
  if (isVariant(node)) return writeAny;
  const [repeated] = children;
  const isWrapper = children.length === 1 && isRepeated(repeated!.tree);
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
