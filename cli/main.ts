import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { isFanoutError } from '../lib/errors.ts';
import { demoCommand, type ImportFlags, importCommand } from './import.ts';
import { addSendingOptions } from './import-options.ts';
import { addPlan, type PlanFlags, planCommand } from './plan.ts';
import { addRedrive, type RedriveFlags, redriveCommand } from './redrive.ts';
import { addReplay, type ReplayFlags, replayCommand } from './replay.ts';
import { addStatus, type StatusFlags, statusCommand } from './status.ts';
import { addTune, type TuneFlags, tuneCommand } from './tune.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const USAGE_CODES = new Set(['USAGE', 'RECIPE_INVALID', 'CREDENTIALS_INVALID', 'DESTINATION_INVALID']);

const FOLDER = '.fanout';
const FOLDER_HELP = 'where reports and rejects stay';

const EXAMPLES = `
Examples:
  $ npm run -s fanout -- import events.jsonl                        into the built-in simulator
  $ npm run -s fanout -- import events.jsonl --token 0123abcd       into your project
  $ npm run -s fanout -- import 'logs/**/*.jsonl.gz' --region eu --service-account "$USER_SECRET" --project 12345
  $ npm run -s fanout -- import export/ --recipe recipe.json --json > report.json
`;

const main = async (args: readonly string[]): Promise<number> => {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  let exitCode = 0;
  const program = new Command('fanout')
    .description('Imports files of records into Mixpanel: each record once, each accounted for.')
    .version(readVersion())
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  addImport(program).action(async (paths: string[], flags: ImportFlags) => {
    exitCode = await importCommand(paths, flags, interrupt.signal);
  });
  program
    .command('demo')
    .description('import the shipped sample, 20,000 flights, into the built-in simulator')
    .option('--folder <dir>', FOLDER_HELP, FOLDER)
    .action(async (flags: ImportFlags) => {
      const recipe = sample('recipe.json');
      exitCode = await demoCommand(sample('flights.jsonl'), { ...flags, recipe }, interrupt.signal);
    });
  addTune(program, wholeNumber).action(async (sources: string[], flags: TuneFlags) => {
    exitCode = await tuneCommand(sources, flags);
  });
  addPlan(program, wholeNumber).action(async (sources: string[], flags: PlanFlags) => {
    exitCode = await planCommand(sources, flags);
  });
  addStatus(program, wholeNumber).action(async (importId: string | undefined, flags: StatusFlags) => {
    exitCode = await statusCommand(importId, flags, interrupt.signal);
  });
  addRedrive(program).action(async (importId: string | undefined, flags: RedriveFlags) => {
    exitCode = await redriveCommand(importId, flags, interrupt.signal);
  });
  addReplay(program, wholeNumber).action(async (importId: string, flags: ReplayFlags) => {
    exitCode = await replayCommand(importId, flags, interrupt.signal);
  });
  await program.parseAsync(args, { from: 'user' });
  return exitCode;
};

const readVersion = (): string => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
};

const addImport = (program: Command): Command =>
  addSendingOptions(
    program
      .command('import')
      .description('import files, folders or globs from this machine')
      .argument('<path...>', 'files, folders or quoted globs'),
    wholeNumber,
  )
    .option('--folder <dir>', FOLDER_HELP, FOLDER)
    .addHelpText('after', EXAMPLES);

const wholeNumber = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`"${text}" is not a whole number.`);
};

const sample = (file: string): string =>
  fileURLToPath(new URL(`../examples/flights/${file}`, import.meta.url));

const exitCodeOf = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  const message = isFanoutError(error) ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${message}\n`);
  return isFanoutError(error) && USAGE_CODES.has(error.code) ? EXIT_USAGE : EXIT_FAILED;
};

process.exitCode = await main(process.argv.slice(2)).catch(exitCodeOf);
