import type { Template } from 'aws-cdk-lib/assertions';

/** A resource, as in the template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

/** One grant of a role, `actions on resources`, with everything that CloudFormation resolves spelled out. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** The resources whose logical id starts so. @throws unless there is exactly one of that type */
export const resourceOf = (template: Template, type: string, idPrefix: string): Resource => {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(idPrefix));
  if (found.length !== 1) throw new Error(`${found.length} resources of ${type} start with ${idPrefix}.`);
  return found[0]![1] as Resource;
};

/** Everything that a function's role may do. */
export const grantsOf = (template: Template, idPrefix: string): Grant[] => {
  const { PolicyDocument } = resourceOf(template, 'AWS::IAM::Policy', idPrefix).Properties;
  const { Statement } = PolicyDocument as { Statement: Statement[] };
  return Statement.map(({ Action, Resource }) => ({
    actions: [Action].flat(),
    resources: (Array.isArray(Resource) ? Resource : [Resource]).map(spell),
  }));
};

/** A value with its intrinsic functions spelled out and without the hashes of logical ids. */
export const spell = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [[intrinsic, argument]] = Object.entries(value as Record<string, unknown>) as [[string, unknown]];
  if (intrinsic === 'Ref') return `{${withoutHash(String(argument))}}`;
  if (intrinsic === 'Fn::GetAtt') {
    const [id, attribute] = argument as [string, string];
    return `{${withoutHash(id)}.${attribute}}`;
  }
  const [separator, parts] = argument as [string, unknown[]];
  return parts.map(spell).join(separator);
};

const withoutHash = (id: string): string => id.replace(/[0-9A-F]{8}$/, '');
