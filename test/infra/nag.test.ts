import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { type Settings, withStack } from './synthesize.ts';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0f7c8a9e-1b2d-4c3e-8f90-a1b2c3d4e5f6';

interface Finding {
  readonly rule: string;
  readonly path: string;
}

/** What the packs, errors and warnings alike, find beneath a construct. */
const findingsIn = (scope: IConstruct): Finding[] =>
  [new AwsSolutionsChecks(), new ServerlessChecks()].flatMap((pack) =>
    pack
      .validateScope(scope)
      .violations.flatMap(({ ruleName: rule, violatingResources }) =>
        violatingResources.map(({ constructPath = '' }) => ({ rule, path: constructPath })),
      ),
  );

const isReason = ({ type }: { readonly type: string }): boolean =>
  type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY;

/** The reasons given beside a construct and all those beneath it. */
const reasonsIn = (scope: IConstruct): (Finding & { readonly reason: string })[] =>
  scope.node.findAll().flatMap(({ node }) =>
    node.metadata.filter(isReason).flatMap(({ data }) =>
      Object.entries<string>(data).map(([id, reason]) => ({
        rule: id.replace('Annotation::', ''),
        path: node.path,
        reason,
      })),
    ),
  );

/** As if no reason had been given. */
const forgetReasons = (scope: IConstruct): void => {
  for (const { node } of scope.node.findAll()) {
    Object.defineProperty(node, 'metadata', { value: node.metadata.filter((entry) => !isReason(entry)) });
  }
};

const STACKS: readonly (readonly [string, Settings])[] = [
  ['as it is shipped', {}],
  ['with a secret that exists already', { overrides: { secretName: 'team/mixpanel' } }],
  ['with a key of the user', { overrides: { kmsKeyArn: KEY } }],
  ['without a governor', { overrides: { 'governor.enabled': 'false' } }],
];

describe.each(STACKS)('the stack %s', (_, settings) => {
  it('has no finding of cdk-nag without a reason', () => {
    expect(withStack(settings, findingsIn)).toEqual([]);
  });

  it('gives no reason without a finding, and each as a sentence', () => {
    const { reasons, findings } = withStack(settings, (stack) => {
      const reasons = reasonsIn(stack);
      forgetReasons(stack);
      return { reasons, findings: findingsIn(stack) };
    });
    expect(findings.length).toBeGreaterThan(20);
    for (const { rule, path, reason } of reasons) {
      const concerned = findings.filter((finding) => finding.path.startsWith(`${path}/`));
      expect(concerned.map((finding) => finding.rule)).toContain(rule);
      expect(reason).toMatch(/^[A-Z].{40,}\.$/);
    }
  });
});
