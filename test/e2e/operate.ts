import { fileURLToPath } from 'node:url';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Report } from '../../lib/ledger/report.ts';
import type { MixpanelSimulator } from '../../local/mixpanel/server.ts';
import { type FoundReport, readReports } from './buckets.ts';
import type { Checks } from './checks.ts';
import type { Outputs } from './cloud.ts';
import { type Environment, runCommand } from './command.ts';
import { waitFor } from './wait-for.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const COMMAND_TIMEOUT_MS = 60_000;
const REPLAY_TIMEOUT_MS = 120_000;

export interface Operating {
  readonly s3: S3Client;
  readonly outputs: Outputs;
  readonly simulator: MixpanelSimulator;
  /** Leads the AWS clients of the command line to the account. */
  readonly environment: Environment;
}

/** The command line against the deployed importer, which it finds through its stack. */
export const checkOperation = async (checks: Checks, operating: Operating): Promise<void> => {
  const reports = await readReports(operating.s3, operating.outputs.WorkBucketName);
  const status = await fanout(operating, 'status', '--stack', 'MixpanelFanout', '--json');
  checks.check(
    'fanout status shows every import and three queues',
    status.imports.length === reports.length && status.queues?.length === 3,
    { imports: status.imports.length, queues: status.queues },
  );
  const { queues = [] } = await fanout(operating, 'redrive', '--json');
  checks.check(
    'fanout redrive finds no dead letters',
    queues.every(({ moved }) => moved === 0),
    queues,
  );
  const broken = reports.find(({ records }) => records.rejected > 0)!;
  await checkReplay(checks, operating, broken, '--source');
  await checkReplay(checks, operating, broken, '--rejects');
};

const checkReplay = async (
  checks: Checks,
  operating: Operating,
  report: FoundReport,
  what: '--source' | '--rejects',
): Promise<void> => {
  const before = operating.simulator.stats().unique;
  const { imports } = await fanout(
    operating,
    'replay',
    report.importId,
    what,
    '--stack',
    'MixpanelFanout',
    '--json',
  );
  const [{ importId } = { importId: '' }] = imports;
  const again = await finished(operating, importId);
  const { imported, rejected } = report.records;
  const expected = what === '--source' ? { imported, rejected } : { imported: 0, rejected };
  checks.check(
    `fanout replay ${what} is an import of its own`,
    importId !== report.importId &&
      again.records.imported === expected.imported &&
      again.records.rejected === expected.rejected,
    again,
  );
  const after = operating.simulator.stats().unique;
  checks.check(`fanout replay ${what} counts nothing twice`, after === before, { before, after });
};

const finished = ({ s3, outputs }: Operating, importId: string): Promise<FoundReport> =>
  waitFor({
    what: `report of ${importId}`,
    poll: async () =>
      (await readReports(s3, outputs.WorkBucketName)).find(
        (report) => report.importId === importId && report.state !== 'running',
      ),
    everyMs: 1_000,
    timeoutMs: REPLAY_TIMEOUT_MS,
  });

interface Printed {
  readonly imports: readonly Pick<Report, 'importId'>[];
  readonly queues?: readonly { readonly moved: number }[];
}

const fanout = async ({ environment }: Operating, ...args: string[]): Promise<Printed> => {
  const command = { file: process.execPath, args: [MAIN, ...args], cwd: '/', env: environment };
  return JSON.parse(await runCommand({ ...command, timeoutMs: COMMAND_TIMEOUT_MS }));
};
