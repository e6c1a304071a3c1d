import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SQSClient } from '@aws-sdk/client-sqs';
import { vi } from 'vitest';

/** From now on every message that this process sends to a queue or receives from one, dead letters included. */
export const recordMessages = (): string[] => {
  const messages: string[] = [];
  const { send } = SQSClient.prototype;
  vi.spyOn(SQSClient.prototype, 'send').mockImplementation(async function (
    this: SQSClient,
    command,
    ...rest
  ) {
    const result = await send.call(this, command, ...rest);
    messages.push(JSON.stringify([command.input, result]));
    return result;
  });
  return messages;
};

/** Only Linux shows the variables of a process. */
export const canSeeProcesses = process.platform === 'linux';

/** Variables and arguments of the processes that this one has started, as the system knows them. */
export const childProcesses = (): string[] =>
  (canSeeProcesses ? readdirSync('/proc') : [])
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (parentOf(pid) !== process.pid) return [];
        const [variables, words] = ['environ', 'cmdline'].map((file) =>
          readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', '\n'),
        );
        return [`${words}\n${variables}`];
      } catch {
        return []; // ended meanwhile
      }
    });

/** Behind the name, which may hold anything, stand state and parent. */
const parentOf = (pid: string): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) \S /s, '')
      .split(' ')[0],
  );

/** Text of every file beneath a folder, by its path; gzipped ones are unpacked. */
export const filesBeneath = async (folder: string): Promise<Map<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(files.map(async (path) => [path, await textOf(path)] as const)));
};

const textOf = async (path: string): Promise<string> => {
  const bytes = await readFile(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
};
