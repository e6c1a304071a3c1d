import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  type FunctionOptions,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../../build/bundles.ts';
import { heapOptions } from '../../lib/tune/heap.ts';
import { explain, explainWildcard } from './explained.ts';
import { type Grant, useKey } from './grants.ts';

export interface PipelineFunctionProps {
  readonly name: FunctionName;
  readonly description: string;
  /** Directory with `index.mjs`, as build/bundles.ts leaves it. */
  readonly bundleDir: string;
  readonly memoryMB: number;
  readonly timeout: Duration;
  readonly logRetentionDays: RetentionDays;
  /** Encrypts the logs, and all that the function reads and writes. @default keys of AWS's own */
  readonly key?: IKey | undefined;
  /** Added to what every function gets; never a secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** What becomes of events that fail. @default they stay in the queue that invokes the function */
  readonly deadLetters?: string;
  /** @default Lambda stops a message after about 16 trips round the function */
  readonly recursiveLoop?: RecursiveLoop;
}

/** A function of the pipeline: Node 24 on arm64, JSON logs in a log group of its own, a role that may do nothing else yet. */
export class PipelineFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.key && { encryptionKey: props.key }),
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.function = new LambdaFunction(this, 'Function', {
      ...options(props),
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromAsset(props.bundleDir),
      role,
      logGroup,
    });
    this.explainFindings(props);
    this.allow({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
    if (props.key) this.allow(useKey(props.key));
  }

  /** Adds one statement to the function's role. */
  allow({ wildcard, ...statement }: Grant): void {
    this.function.addToRolePolicy(new PolicyStatement(statement));
    if (wildcard === undefined) return;
    for (const resource of statement.resources) explainWildcard(this, resource, wildcard);
  }

  private explainFindings({ deadLetters }: PipelineFunctionProps): void {
    explain(
      this,
      'Serverless-LambdaTracing',
      'The report has the time of each stage, and logs name import and chunk: traces would cost, and tell no more.',
    );
    explain(this, 'Serverless-LambdaDLQ', deadLetters ?? FED_BY_QUEUE);
    if (deadLetters === undefined)
      explain(this, 'Serverless-LambdaEventSourceMappingDestination', FED_BY_QUEUE);
  }
}

const FED_BY_QUEUE =
  'Only its queue invokes it, and synchronously; what fails stays in that queue and moves to the dead-letter queue there. A mapping of a queue takes no destination.';

const options = (props: PipelineFunctionProps): FunctionOptions => ({
  description: props.description,
  architecture: Architecture.ARM_64,
  memorySize: props.memoryMB,
  timeout: props.timeout,
  loggingFormat: LoggingFormat.JSON,
  environment: {
    ...props.environment,
    POWERTOOLS_SERVICE_NAME: props.name,
    POWERTOOLS_METRICS_NAMESPACE: 'MixpanelFanout',
    NODE_OPTIONS: heapOptions(props.memoryMB).join(' '),
  },
  ...(props.recursiveLoop && { recursiveLoop: props.recursiveLoop }),
});
