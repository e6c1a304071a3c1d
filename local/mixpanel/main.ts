import { parseArgs } from 'node:util';
import { SimulatorError } from './errors.ts';
import { parseFaultPlan } from './fault-plan-text.ts';
import { documentedQuota } from './quota.ts';
import { type SimulatorOptions, startMixpanelSimulator } from './server.ts';

const starting = startMixpanelSimulator(readOptions());

/** Ends on a signal, or when the process that forked this one is gone. */
const stop = async (): Promise<void> => {
  await (await starting).close();
  process.exit(0);
};
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, stop);

const { url } = await starting;
process.stdout.write(`${JSON.stringify({ url })}\n`);

function readOptions(): SimulatorOptions {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'response-ms': { type: 'string', default: '0' },
      'quota-events': { type: 'string', default: String(documentedQuota.eventsPerMinute) },
      'quota-bytes': { type: 'string', default: String(documentedQuota.bytesPerMinute) },
      identity: { type: 'string', default: 'simplified' },
      keep: { type: 'string', default: 'all' },
      'events-kept-max': { type: 'string', default: '1000000' },
      token: { type: 'string' },
      faults: { type: 'string' },
    },
  });
  return {
    port: wholeNumber('port', values.port),
    responseMs: wholeNumber('response-ms', values['response-ms']),
    quota: {
      eventsPerMinute: wholeNumber('quota-events', values['quota-events']),
      bytesPerMinute: wholeNumber('quota-bytes', values['quota-bytes']),
    },
    identity: oneOf('identity', values.identity, ['simplified', 'original']),
    keep: oneOf('keep', values.keep, ['all', 'ids', 'counts']),
    eventsKeptMax: wholeNumber('events-kept-max', values['events-kept-max']),
    ...(values.token === undefined ? {} : { credentials: { token: values.token } }),
    ...(values.faults === undefined ? {} : { faults: parseFaultPlan(values.faults) }),
  };
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (text !== '' && Number.isSafeInteger(number) && number >= 0) return number;
  throw invalid(`--${name} ${text} is not a whole number from 0 up.`);
}

function oneOf<Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === text);
  if (word === undefined) throw invalid(`--${name} ${text} is not known; use ${words.join(' or ')}.`);
  return word;
}

function invalid(message: string): SimulatorError {
  return new SimulatorError('SIMULATOR_OPTION_INVALID', message);
}
