import { spawn } from 'node:child_process';

export type Environment = Readonly<Record<string, string>>;

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: Environment;
  readonly timeoutMs: number;
}

/** Of what a command prints, the end is kept. */
const OUTPUT_CHARACTERS_MAX = 200_000;
const QUOTED_CHARACTERS_MAX = 4_000;

/**
 * Runs a command to its end, without a shell.
 *
 * @returns the end of what it printed, both streams together
 * @throws when it cannot be started, exits other than 0 or takes too long; the message quotes its output
 */
export const runCommand = ({ file, args, cwd, env, timeoutMs }: Command): Promise<string> => {
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const collect = (text: string): void => {
    output = (output + text).slice(-OUTPUT_CHARACTERS_MAX);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const end = signal === 'SIGKILL' ? `was killed (limit ${timeoutMs / 1_000} s)` : `exited with ${code}`;
      const quoted = output.slice(-QUOTED_CHARACTERS_MAX);
      reject(new Error(`${file} ${args.join(' ')} ${end}\n${quoted}`));
    });
  });
};
