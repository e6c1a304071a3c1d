import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it, vi } from 'vitest';
import { planned } from '../ledger/receipts.ts';
import { sqsRecord } from '../queue/sqs-record.ts';

vi.stubEnv('WORK_BUCKET', 'work');
vi.stubEnv('AWS_REGION', 'us-east-1');
vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
const s3 = mockClient(S3Client);
const { handler } = await import('../../functions/ledger.ts');

it('writes the report and gives back the message it cannot read', async () => {
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: { httpStatusCode: 404 } }));
  s3.on(PutObjectCommand).resolves({});
  const Records = [sqsRecord('1', JSON.stringify(planned(2))), sqsRecord('2', 'no receipt')];
  expect(await handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  const [put] = s3.commandCalls(PutObjectCommand);
  expect(put!.args[0].input).toMatchObject({
    Bucket: 'work',
    Key: 'reports/import-1.json',
    IfNoneMatch: '*',
  });
});
