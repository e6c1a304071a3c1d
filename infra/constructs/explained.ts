import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Lets a finding of cdk-nag stand, for a reason. test/infra/nag.test.ts fails on findings without one, and on
 * reasons without a finding.
 *
 * @param rule for instance `AwsSolutions-S1`, with the finding in brackets where the rule names one
 */
export const explain = (construct: Construct, rule: string, reason: string): void =>
  Validations.of(construct).acknowledge({ id: rule, reason });

/** Why a role may do something on every resource that a pattern matches. */
export const explainWildcard = (construct: Construct, resource: string, reason: string): void =>
  explain(construct, `AwsSolutions-IAM5[Resource::${spell(Stack.of(construct).resolve(resource))}]`, reason);

/** An ARN as cdk-nag spells it: `<LogicalId.Arn>/prefix/*`. */
const spell = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [intrinsic, argument] = Object.entries(Object(value))[0] ?? [];
  if (intrinsic === 'Ref') return `<${argument}>`;
  if (!Array.isArray(argument)) return '';
  if (intrinsic === 'Fn::GetAtt') return `<${argument.join('.')}>`;
  const [separator, parts] = argument;
  return Array.isArray(parts) ? parts.map(spell).join(String(separator)) : '';
};
