import { CommanderError } from 'commander';
import { SimulatorError } from './errors.ts';
import { readSimulatorOptions } from './options.ts';
import { type MixpanelSimulator, startMixpanelSimulator } from './server.ts';

const EXIT_USAGE = 2;

const start = async (): Promise<MixpanelSimulator> =>
  startMixpanelSimulator(readSimulatorOptions(process.argv.slice(2)));

/** What is wrong with the options is told without a stack; help that was asked for is no error. */
const giveUp = (error: unknown): never => {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE);
  if (!(error instanceof SimulatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(EXIT_USAGE);
};

const starting = start().catch(giveUp);

/** Ends on a signal, or when the process that forked this one is gone. */
const stop = async (): Promise<void> => {
  await (await starting).close();
  process.exit(0);
};
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, stop);

const { url } = await starting;
process.stdout.write(`${JSON.stringify({ url })}\n`);
