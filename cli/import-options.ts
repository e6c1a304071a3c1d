import type { Command } from 'commander';
import { leavesOf } from '../lib/recipe/leaves.ts';
import { recipeSchema } from '../lib/recipe/schema.ts';
import { gatherSettings, SET_HELP } from './recipe.ts';

/** The options of a command that imports from this machine: as whom, where to, how, and what to tell. */
export const addSendingOptions = (command: Command, wholeNumber: (text: string) => number): Command =>
  command
    .option('--token <token>', 'token of the project (or MIXPANEL_TOKEN)')
    .option('--service-account <user:secret>', 'service account (or MIXPANEL_SERVICE_ACCOUNT)')
    .option('--project <id>', 'project of the service account (or MIXPANEL_PROJECT_ID)')
    .option('--region <region>', describe('destination.region'))
    .option('--endpoint <url>', describe('destination.endpoint'))
    .option('--recipe <file>', 'how to import, as JSON; see docs/recipe.md')
    .option('--preset <name>', describe('preset'))
    .option('--workers <n>', describe('tuning.workers'), wholeNumber)
    .option('--memory <mb>', describe('tuning.memory'), wholeNumber)
    .option('--set <name=value>', SET_HELP, gatherSettings)
    .option(
      '--govern <max>',
      'let the governor run 2 to this many senders, by memory, throughput and refusals',
      wholeNumber,
    )
    .option('--report <file>', 'write the reports to a file')
    .option('--json', 'write the reports to stdout')
    .option('--verbose', 'show what the functions log');

const describe = (path: string): string => {
  const leaf = leavesOf(recipeSchema).find((each) => each.path.join('.') === path)!;
  return `${leaf.description} (${leaf.type.replaceAll('\\|', '|')})`;
};
