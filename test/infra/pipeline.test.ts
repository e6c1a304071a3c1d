import { describe, expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';
import { resourceOf, spell } from './template-reader.ts';

const { template, warnings } = synthesize({ overrides: { workers: '12', memory: '1024' } });

interface Stage {
  readonly id: string;
  readonly queue: string;
  readonly timeoutSeconds: number;
  readonly visibilitySeconds: number;
  readonly mapping: Readonly<Record<string, unknown>>;
}

const stages: Stage[] = [
  {
    id: 'IntakeSplitter',
    queue: 'Intake',
    timeoutSeconds: 120,
    visibilitySeconds: 720,
    mapping: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 10 } },
  },
  {
    id: 'FanOutSender',
    queue: 'FanOutChunks',
    timeoutSeconds: 120,
    visibilitySeconds: 720,
    mapping: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 12 } },
  },
  {
    id: 'Ledger',
    queue: 'LedgerReceipts',
    timeoutSeconds: 30,
    visibilitySeconds: 182,
    mapping: {
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 2,
      ScalingConfig: { MaximumConcurrency: 2 },
    },
  },
];

describe.each(stages)('$id and its queue', ({ id, queue, timeoutSeconds, visibilitySeconds, mapping }) => {
  it('runs on Node 24 and arm64, and ends in time', () => {
    expect(resourceOf(template, 'AWS::Lambda::Function', `${id}Function`).Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: timeoutSeconds,
      LoggingConfig: { LogFormat: 'JSON' },
    });
  });

  it('hides a message for six timeouts, and the batching window besides', () => {
    expect(resourceOf(template, 'AWS::SQS::Queue', `${queue}Queue`).Properties).toMatchObject({
      VisibilityTimeout: visibilitySeconds,
    });
  });

  it('keeps what failed five times, and was told of twice, for 14 days, longer than the queue keeps anything', () => {
    const { RedrivePolicy, MessageRetentionPeriod } = resourceOf(
      template,
      'AWS::SQS::Queue',
      `${queue}Queue`,
    ).Properties;
    expect(RedrivePolicy).toMatchObject({ maxReceiveCount: 7 });
    const { deadLetterTargetArn } = RedrivePolicy as { deadLetterTargetArn: unknown };
    expect(spell(deadLetterTargetArn)).toBe(`{${queue}DeadLetters.Arn}`);
    const deadLetters = resourceOf(template, 'AWS::SQS::Queue', `${queue}DeadLetters`).Properties;
    expect(deadLetters.MessageRetentionPeriod).toBe(14 * 86_400);
    expect(MessageRetentionPeriod).toBe(10 * 86_400);
  });

  it('takes messages as planned and reports failures one by one', () => {
    expect(
      resourceOf(template, 'AWS::Lambda::EventSourceMapping', `${id}FunctionSqs`).Properties,
    ).toMatchObject({ ...mapping, FunctionResponseTypes: ['ReportBatchItemFailures'] });
  });

  it('deletes its log with the stack', () => {
    const log = resourceOf(template, 'AWS::Logs::LogGroup', `${id}Logs`);
    expect(log.Properties.RetentionInDays).toBe(30);
    expect(log.DeletionPolicy).toBe('Delete');
  });
});

describe('the functions', () => {
  it('get their variables, none of them a secret', () => {
    expect(variablesOf('IntakeSplitterFunction')).toEqual({
      WORK_BUCKET: '{StorageWork}',
      INTAKE_QUEUE_URL: '{IntakeQueue}',
      CHUNKS_QUEUE_URL: '{FanOutChunksQueue}',
      RECEIPTS_QUEUE_URL: '{LedgerReceiptsQueue}',
      MAX_RECEIVE_COUNT: '5',
      DECOMPRESSED_BYTES_MAX: '1099511627776',
      POWERTOOLS_SERVICE_NAME: 'splitter',
      POWERTOOLS_METRICS_NAMESPACE: 'MixpanelFanout',
      NODE_OPTIONS: '--max-old-space-size=1149 --max-semi-space-size=16 --expose-gc',
    });
    expect(variablesOf('FanOutSenderFunction')).toEqual({
      WORK_BUCKET: '{StorageWork}',
      CHUNKS_QUEUE_URL: '{FanOutChunksQueue}',
      RECEIPTS_QUEUE_URL: '{LedgerReceiptsQueue}',
      CREDENTIALS_SECRET: '{Credentials}',
      ENDPOINTS_ALLOWED: '[]',
      MAX_RECEIVE_COUNT: '5',
      POWERTOOLS_SERVICE_NAME: 'sender',
      POWERTOOLS_METRICS_NAMESPACE: 'MixpanelFanout',
      NODE_OPTIONS: '--max-old-space-size=665 --max-semi-space-size=16 --expose-gc',
    });
    expect(variablesOf('LedgerFunction')).toEqual({
      WORK_BUCKET: '{StorageWork}',
      POWERTOOLS_SERVICE_NAME: 'ledger',
      POWERTOOLS_METRICS_NAMESPACE: 'MixpanelFanout',
      NODE_OPTIONS: '--max-old-space-size=332 --max-semi-space-size=8 --expose-gc',
    });
  });

  it('may send a message round their own queue as often as they must, the ledger excepted', () => {
    const loops = ['IntakeSplitterFunction', 'FanOutSenderFunction', 'LedgerFunction'].map(
      (id) => resourceOf(template, 'AWS::Lambda::Function', id).Properties.RecursiveLoop,
    );
    expect(loops).toEqual(['Allow', 'Allow', undefined]);
  });

  it('are four, the governor included: no custom resource puts a function of the CDK beside them', () => {
    template.resourceCountIs('AWS::Lambda::Function', 4);
  });
});

describe('workers', () => {
  it('become 2 where 1 is asked for, and the deploy says so', () => {
    const one = synthesize({ overrides: { workers: '1' } });
    const mapping = resourceOf(one.template, 'AWS::Lambda::EventSourceMapping', 'FanOutSender');
    expect(mapping.Properties.ScalingConfig).toEqual({ MaximumConcurrency: 2 });
    expect(one.warnings).toEqual([expect.stringContaining('workers is 1')]);
  });

  it('are what the recipe says otherwise, without a warning', () => {
    const mapping = resourceOf(template, 'AWS::Lambda::EventSourceMapping', 'FanOutSender');
    expect(mapping.Properties.ScalingConfig).toEqual({ MaximumConcurrency: 12 });
    expect(warnings).toEqual([]);
  });
});

describe('the timeout of the sender', () => {
  it('takes the visibility of its queue along', () => {
    const short = synthesize({ overrides: { senderTimeoutSeconds: '30' } }).template;
    expect(resourceOf(short, 'AWS::Lambda::Function', 'FanOutSender').Properties.Timeout).toBe(30);
    expect(resourceOf(short, 'AWS::SQS::Queue', 'FanOutChunksQueue').Properties.VisibilityTimeout).toBe(180);
  });
});

const variablesOf = (idPrefix: string): Record<string, string> => {
  const { Environment } = resourceOf(template, 'AWS::Lambda::Function', idPrefix).Properties;
  const { Variables } = Environment as { Variables: Record<string, unknown> };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, spell(value)]));
};
