import type { Type, types } from 'avsc';
import { FrameError } from '../frame-error.ts';
import { LOGICAL_TYPES } from './logical.ts';
import { createPrinters, type Print } from './print.ts';

type AvroLibrary = typeof import('avsc/lib/types.js')['default'];
type Schema = Parameters<AvroLibrary['Type']['forSchema']>[0];

const MESSAGE_CHARS_MAX = 300;

/**
 * What reads records that were written with a schema.
 *
 * avsc reads the schema: names, references, namespaces. It does not read the records, since it trusts the lengths in
 * them and makes doubles of their integers.
 *
 * @param text JSON
 * @throws {FrameError} `AVRO_UNSUPPORTED` where it is no schema
 */
export const compileSchema = async (text: string): Promise<Print> => {
  const { default: avsc } = await import('avsc/lib/types.js');
  try {
    const { schema, nameOf } = renamed(text);
    const type: Type = avsc.Type.forSchema(schema, { logicalTypes: annotatedTypes(avsc) });
    return createPrinters(nameOf)(type);
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, MESSAGE_CHARS_MAX) : String(error);
    throw new FrameError(
      'AVRO_UNSUPPORTED',
      `The schema of the Avro file cannot be read (${reason}): write it with one that follows the specification.`,
      { cause: error },
    );
  }
};

/**
 * A schema of which fields and symbols have names that avsc takes: some writers make others, such as `$insert_id`.
 * What only matters to writers and to other readers is left out, mistakes in it too.
 */
const renamed = (text: string): { schema: Schema; nameOf: (name: string) => string } => {
  const names: string[] = [];
  const rename = (name: string): string => `n${names.push(name) - 1}`;
  const schema = JSON.parse(text, (key, value: unknown) => {
    if (key === 'default' || key === 'aliases') return undefined;
    if (!Array.isArray(value)) return value;
    if (key === 'symbols') return value.map((symbol: unknown) => rename(String(symbol)));
    if (key === 'fields')
      return value.map(({ name, type }: { name: unknown; type: unknown }) => ({
        name: rename(String(name)),
        type,
      }));
    return value;
  }) as Schema;
  return { schema, nameOf: (name) => names[Number(name.slice(1))] ?? name };
};

/** avsc's way to keep what a schema says beside the type. Values are never made of it. */
const annotatedTypes = ({ builtins: { LogicalType } }: AvroLibrary) => {
  class AnnotatedType extends LogicalType {
    readonly attributes: Schema;
    constructor(schema: Schema, options: unknown) {
      super(schema, options);
      this.attributes = schema;
    }
  }
  return Object.fromEntries(LOGICAL_TYPES.map((name) => [name, AnnotatedType])) as Record<
    string,
    new (
      schema: Schema,
      options?: unknown,
    ) => types.LogicalType
  >;
};
