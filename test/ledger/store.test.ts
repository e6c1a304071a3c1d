import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import { createReportStore, LedgerError, reportKey } from '../../lib/ledger/store.ts';
import { startStore } from '../local/s3/store-fixture.ts';
import { done, planned } from './receipts.ts';

describe('createReportStore', () => {
  it('folds receipts into a report that it keeps', async () => {
    const { client } = await startStore();
    const store = createReportStore(client, 'work');
    expect(await store.read('import-1')).toBeUndefined();
    expect((await store.fold('import-1', [planned(2), done(0)])).state).toBe('running');
    const folded = await store.fold('import-1', [done(1), done(0)]);
    expect(folded).toMatchObject({ state: 'complete', records: { read: 20 } });
    expect(await store.read('import-1')).toEqual(folded);
    const { Body, ContentType } = await client.send(
      new GetObjectCommand({ Bucket: 'work', Key: 'reports/import-1.json' }),
    );
    expect(ContentType).toBe('application/json');
    expect(JSON.parse(await Body!.transformToString())).toEqual(folded);
  });

  it('loses no receipt and counts none twice when several write at once', async () => {
    const { client } = await startStore();
    const stores = [1, 2, 3, 4].map(() => createReportStore(client, 'work', () => 0.1));
    await Promise.all(
      stores.map((store, i) => store.fold('import-1', [planned(8), done(i), done(i + 4), done((i + 1) % 4)])),
    );
    expect(await stores[0]!.read('import-1')).toMatchObject({
      state: 'complete',
      chunks: { total: 8, done: 8, failed: 0 },
      records: { read: 80 },
    });
  });

  it.each([404, 409, 412])('tries again where a write is answered %i, then gives up', async (status) => {
    const s3 = new S3Client({ region: 'us-east-1' });
    const mock = mockClient(s3);
    mock.on(GetObjectCommand).callsFake(async () => ({
      Body: { transformToString: async () => JSON.stringify(foldReceipts(undefined, [planned(2)])) },
      ETag: '"e1"',
    }));
    mock.on(PutObjectCommand).rejects(
      new S3ServiceException({
        name: 'Lost',
        $fault: 'client',
        $metadata: { httpStatusCode: status },
      }),
    );
    const error = await createReportStore(s3, 'work', () => 0)
      .fold('import-1', [planned(2)])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LedgerError);
    expect(error).toMatchObject({ code: 'REPORT_CONTENDED', retryable: true });
    const puts = mock.commandCalls(PutObjectCommand);
    expect(puts.length).toBe(12);
    expect(puts.every(({ args }) => args[0].input.IfMatch === '"e1"' && !args[0].input.IfNoneMatch)).toBe(
      true,
    );
  });

  it('hands on any other failure at once', async () => {
    const s3 = new S3Client({ region: 'us-east-1' });
    const mock = mockClient(s3);
    mock.on(GetObjectCommand).rejects(new Error('no network'));
    await expect(createReportStore(s3, 'work').fold('import-1', [planned()])).rejects.toThrow('no network');
    expect(mock.calls().length).toBe(1);
  });

  it('keeps reports by import', () => {
    expect(reportKey('import-1')).toBe('reports/import-1.json');
  });
});
