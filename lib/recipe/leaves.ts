import * as z from 'zod';

/** One setting, as the schema declares it. */
export interface Leaf {
  /** From the root of the schema, e.g. `['tuning', 'workers']`. */
  readonly path: readonly string[];
  readonly type: string;
  readonly description: string;
  readonly default: unknown;
}

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly default?: unknown;
}

/** Every setting of a schema, in the order in which it is declared. */
export const leavesOf = (schema: z.ZodType): Leaf[] =>
  walk(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, []);

const walk = (node: JsonSchema, path: readonly string[]): Leaf[] =>
  node.properties
    ? Object.entries(node.properties).flatMap(([key, child]) => walk(child, [...path, key]))
    : [{ path, type: typeName(node), description: node.description ?? '', default: node.default }];

const typeName = (node: JsonSchema): string => {
  if (node.enum) return node.enum.map(String).join(' \\| ');
  if (node.anyOf) return 'column or constant';
  if (node.type === 'integer') return `integer ${bound(node.minimum)} to ${bound(node.maximum)}`;
  if (node.items) return `list of ${typeName(node.items)}s`;
  if (typeof node.additionalProperties === 'object') return `name: ${typeName(node.additionalProperties)}`;
  return node.type ?? 'any';
};

const bound = (value: number | undefined): string =>
  value === undefined ? '∞' : value.toLocaleString('en-US');
