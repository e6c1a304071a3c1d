import { SimulatorError } from './errors.ts';
import { type FaultKind, type FaultPlan, type FaultScript, faultKinds, type SeededFaults } from './faults.ts';

/**
 * Reads a fault plan from one command-line word.
 *
 * @param text a script, `ok,429,reset-after`, or settings, `seed=42,rate=0.1,kinds=429+503,delay-ms=50,retry-after=1`
 * @throws {SimulatorError} naming the word that is not known
 */
export function parseFaultPlan(text: string): FaultPlan {
  const words = text.split(',').map((word) => word.trim());
  return words.some((word) => word.includes('=')) ? parseSettings(words) : parseScript(words);
}

function parseScript(words: readonly string[]): FaultScript {
  return words.map((word) => (word === 'ok' ? word : parseKind(word)));
}

function parseKind(word: string): FaultKind {
  const kind = faultKinds.find((known) => known === word);
  if (kind === undefined) throw invalid(`Fault "${word}" is not known; use ok or ${faultKinds.join(', ')}.`);
  return kind;
}

function parseSettings(words: readonly string[]): SeededFaults {
  const settings: { -readonly [Key in keyof SeededFaults]: SeededFaults[Key] } = { seed: 1, rate: 0.1 };
  for (const word of words) {
    const [name = '', value = ''] = word.split('=', 2);
    if (name === 'seed') settings.seed = parseNumber(name, value);
    else if (name === 'rate') settings.rate = parseNumber(name, value);
    else if (name === 'kinds') settings.kinds = value.split('+').map(parseKind);
    else if (name === 'delay-ms') settings.delayMs = parseNumber(name, value);
    else if (name === 'retry-after') settings.retryAfterSeconds = parseNumber(name, value);
    else
      throw invalid(
        `Fault setting "${name}" is not known; use seed, rate, kinds, delay-ms or retry-after, as in seed=42,rate=0.1.`,
      );
  }
  return settings;
}

function parseNumber(name: string, value: string): number {
  const number = Number(value);
  if (value === '' || !Number.isFinite(number) || number < 0) {
    throw invalid(`Fault setting ${name}=${value} is not a number from 0 up.`);
  }
  return number;
}

function invalid(message: string): SimulatorError {
  return new SimulatorError('SIMULATOR_OPTION_INVALID', message);
}
