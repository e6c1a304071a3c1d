import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';
import { type Grant, grantsOf } from './template-reader.ts';

const { template } = synthesize();

const logs = (id: string) => ({
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [`{${id}Logs.Arn}`],
});
const consume = (queue: string) => ({
  actions: [
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
  ],
  resources: [`{${queue}.Arn}`],
});
const on = (actions: string[], ...resources: string[]) => ({ actions, resources });

const readInbox = on(['s3:GetObject', 's3:GetObjectVersion'], '{StorageInbox.Arn}/*');

describe('what the functions may do, and nothing else', () => {
  it('lets the splitter read the Inbox, stage chunks and send messages', () => {
    expect(grantsOf(template, 'IntakeSplitterRole')).toEqual([
      logs('IntakeSplitter'),
      readInbox,
      on(['s3:ListBucket'], '{StorageInbox.Arn}'),
      on(['s3:PutObject'], '{StorageWork.Arn}/staged/*'),
      on(['sqs:SendMessage'], '{FanOutChunksQueue.Arn}', '{IntakeQueue.Arn}', '{LedgerReceiptsQueue.Arn}'),
      consume('IntakeQueue'),
    ]);
  });

  it('lets the sender read chunks, write rejects and responses, send messages and know the credentials', () => {
    expect(grantsOf(template, 'FanOutSenderRole')).toEqual([
      logs('FanOutSender'),
      readInbox,
      on(['s3:ListBucket'], '{StorageInbox.Arn}', '{StorageWork.Arn}'),
      on(['s3:GetObject'], '{StorageWork.Arn}/staged/*'),
      on(['s3:GetObject', 's3:PutObject'], '{StorageWork.Arn}/attempts/*'),
      on(['s3:PutObject'], '{StorageWork.Arn}/rejects/*'),
      on(['s3:DeleteObject', 's3:PutObject'], '{StorageWork.Arn}/responses/*'),
      on(['sqs:SendMessage'], '{FanOutChunksQueue.Arn}', '{LedgerReceiptsQueue.Arn}'),
      on(['secretsmanager:GetSecretValue'], '{Credentials}'),
      consume('FanOutChunksQueue'),
    ]);
  });

  it('lets the ledger read and write reports', () => {
    expect(grantsOf(template, 'LedgerRole')).toEqual([
      logs('Ledger'),
      on(['s3:GetObject', 's3:PutObject'], '{StorageWork.Arn}/reports/*'),
      on(['s3:ListBucket'], '{StorageWork.Arn}'),
      consume('LedgerReceiptsQueue'),
    ]);
  });

  it('attaches no managed policy to any role', () => {
    const roles = Object.values(template.findResources('AWS::IAM::Role'));
    expect(roles).toHaveLength(4);
    for (const { Properties } of roles) expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it('narrows a secret that exists already to its name', () => {
    const named = synthesize({ overrides: { secretName: 'team/mixpanel' } }).template;
    named.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(grantsOf(named, 'FanOutSenderRole')).toContainEqual(
      on(
        ['secretsmanager:GetSecretValue'],
        'arn:{AWS::Partition}:secretsmanager:{AWS::Region}:{AWS::AccountId}:secret:team/mixpanel-??????',
      ),
    );
  });
});

/** Roles by the names of their functions in docs/security.md. */
const ROLES = {
  splitter: 'IntakeSplitterRole',
  sender: 'FanOutSenderRole',
  ledger: 'LedgerRole',
  governor: 'GovernorRole',
};

/** Resources by their names there. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^\{\w+Logs\.Arn\}$/, 'own logs'],
  [/^\{Storage(Inbox|Work)\.Arn\}/, '$1'],
  [/^\{IntakeQueue\.Arn\}$/, 'intake queue'],
  [/^\{FanOutChunksQueue\.Arn\}$/, 'chunks queue'],
  [/^\{LedgerReceiptsQueue\.Arn\}$/, 'receipts queue'],
  [/^\{Credentials\}$/, 'secret'],
  [/^arn:.*:event-source-mapping:\{FanOutSender\w+\}$/, "sender's mapping"],
];

const nameOf = (resource: string): string =>
  NAMES.reduce((name, [pattern, replacement]) => name.replace(pattern, replacement), resource);

const rowOf = (name: string, { actions, resources }: Grant): string =>
  `| ${name} | ${actions.map((action) => `\`${action}\``).join(', ')} | ${resources.map(nameOf).join(', ')} |`;

describe('docs/security.md', () => {
  const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

  it('lists every grant of every function, and no other', () => {
    const [, rest = ''] = page.split('| function | may | on |\n|---|---|---|\n');
    const [table = ''] = rest.split('\n\n');
    const granted = Object.entries(ROLES).flatMap(([name, role]) =>
      grantsOf(template, role).map((grant) => rowOf(name, grant)),
    );
    expect(table.split('\n')).toEqual(granted);
  });

  it('knows every role', () => {
    const roles = Object.keys(template.findResources('AWS::IAM::Role')).map((id) => id.slice(0, -8));
    expect(roles.sort()).toEqual(Object.values(ROLES).sort());
  });
});
