import { Command, InvalidArgumentError, Option } from 'commander';
import type { Keep } from './accepted-events.ts';
import { parseFaultPlan } from './fault-plan-text.ts';
import type { FaultPlan } from './faults.ts';
import type { IdentitySystem } from './import-event.ts';
import { documentedQuota } from './quota.ts';
import type { SimulatorOptions } from './server.ts';

const PORT_MAX = 65_535;
const EVENTS_KEPT_MAX = 1_000_000;

const EXAMPLES = `
Examples:
  $ npm run -s simulator                                                  a project that takes any token, on a free port
  $ npm run -s simulator -- --port 8080 --token 0123abcd                  one that knows its token
  $ npm run -s simulator -- --response-ms 200 --faults seed=42,rate=0.1   slow answers, each tenth request disturbed
  $ npm run -s fanout -- import events.jsonl --endpoint http://127.0.0.1:8080 --token 0123abcd

Prints {"url":"http://127.0.0.1:8080"} when it is ready, and ends on Ctrl-C. docs/simulator.md says what it enforces.
`;

interface Flags {
  readonly port: number;
  readonly token?: string;
  readonly identity: IdentitySystem;
  readonly quotaEvents: number;
  readonly quotaBytes: number;
  readonly responseMs: number;
  readonly faults?: FaultPlan;
  readonly keep: Keep;
  readonly eventsKeptMax: number;
}

/** Reads the options of the command line. @throws {CommanderError} after it has printed help, or what is wrong */
export function readSimulatorOptions(args: readonly string[]): SimulatorOptions {
  const flags = createCommand().parse(args, { from: 'user' }).opts<Flags>();
  const { port, identity, responseMs, keep, eventsKeptMax, token, faults } = flags;
  return {
    port,
    identity,
    responseMs,
    keep,
    eventsKeptMax,
    quota: { eventsPerMinute: flags.quotaEvents, bytesPerMinute: flags.quotaBytes },
    ...(token === undefined ? {} : { credentials: { token } }),
    ...(faults === undefined ? {} : { faults }),
  };
}

function createCommand(): Command {
  const { eventsPerMinute, bytesPerMinute } = documentedQuota;
  return new Command('simulator')
    .description('Stands for one Mixpanel project on 127.0.0.1, and enforces what Mixpanel documents.')
    .option('--port <n>', '0 takes any free port', wholeNumberTo(PORT_MAX), 0)
    .option('--token <token>', 'the only token that is accepted (default: any)')
    .addOption(identityOption())
    .option('--quota-events <n>', 'events in a rolling minute', wholeNumberTo(), eventsPerMinute)
    .option('--quota-bytes <n>', 'bytes in a rolling minute, uncompressed', wholeNumberTo(), bytesPerMinute)
    .option('--response-ms <n>', 'milliseconds added to every answer', wholeNumberTo(), 0)
    .option(
      '--faults <plan>',
      'a script, ok,429,cut, or settings, seed=42,rate=0.1 (default: none)',
      readFaults,
    )
    .addOption(keepOption())
    .option('--events-kept-max <n>', 'most events of --keep all', wholeNumberTo(), EVENTS_KEPT_MAX)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('All options: npm run -s simulator -- --help')
    .exitOverride();
}

const identityOption = (): Option =>
  new Option('--identity <system>', 'how the project knows users')
    .choices(['simplified', 'original'])
    .default('simplified');

const keepOption = (): Option =>
  new Option('--keep <what>', 'events as they came, 12 to 23 bytes for each, or nothing')
    .choices(['all', 'ids', 'counts'])
    .default('all');

const wholeNumberTo =
  (most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number <= most) return number;
    throw new InvalidArgumentError(`It is not a whole number from 0 to ${most}.`);
  };

const readFaults = (text: string): FaultPlan => {
  try {
    return parseFaultPlan(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
};
