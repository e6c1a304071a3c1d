/**
 * Events per CPU-second of the sender and of the mixpanel-import package: the same file, server and gzip level, both in
 * processes of their own, one after the other. `npm run bench -- peer [small|medium|large]... [--runs N]
 * [--megabytes N] [--level N] [--json] [--append]`. Exits 1 where an event did not arrive, or a target is missed.
 */
import { parseArgs } from 'node:util';
import { startCountingProcess } from './counting-process.ts';
import { lookForOthers } from './others.ts';
import { installPeer, PEER_WAYS, type PeerWay, runPeer } from './peer/run.ts';
import { medianOf, PUBLISH_OPTIONS, publish } from './publish.ts';
import { runSender } from './run-sender.ts';
import { forEachSize, type SizedFile } from './sizes.ts';

const MB = 1_000_000;
/** Times the peer, by level and size. */
const TARGETS: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  6: { small: 5, medium: 4, large: 4 },
  1: { small: 7, medium: 7, large: 7 },
};

interface PeerResult {
  readonly size: string;
  readonly level: number;
  readonly events: number;
  /** Events per CPU-second, the median of the runs. */
  readonly peer: Readonly<Record<PeerWay, number>>;
  readonly sender: number;
  /** Of the sender and the faster of the ways in which the package holds no more than it has to. */
  readonly ratio: number;
  readonly target: number | undefined;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '200' },
    level: { type: 'string', multiple: true, default: ['6', '1'] },
    ...PUBLISH_OPTIONS,
  },
});

const main = async (): Promise<void> => {
  await installPeer();
  const results: PeerResult[] = [];
  const busyCores: number[] = [];
  await forEachSize({ bytes: Number(values.megabytes) * MB, only: positionals }, async (file) => {
    for (const level of values.level.map(Number)) {
      busyCores.push(await lookForOthers());
      results.push(await compare(file, level));
    }
  });
  await publish(publishedOf(results), results, { ...values, busyCores: Math.max(...busyCores) });
  if (results.some(({ ratio, target = 0 }) => ratio < target)) process.exitCode = 1;
};

const compare = async (file: SizedFile, level: number): Promise<PeerResult> => {
  const { path } = file;
  const seconds: Record<PeerWay | 'sender', number[]> = {
    default: [],
    'high-water': [],
    'in-memory': [],
    sender: [],
  };
  for (let run = 0; run < Number(values.runs); run++) {
    // The first way takes most of the time and is far from the others, so once is enough.
    for (const way of run === 0 ? PEER_WAYS : PEER_WAYS.slice(1))
      seconds[way].push(await counted(file, (url) => runPeer({ url, file: path, level, way })));
    const recipe = { tuning: { compressionLevel: level } };
    seconds.sender.push(await counted(file, (url) => runSender({ url, file: path, recipe })));
  }
  const perSecond = (way: PeerWay | 'sender'): number => file.events / medianOf(seconds[way]);
  const peer = {
    default: perSecond('default'),
    'high-water': perSecond('high-water'),
    'in-memory': perSecond('in-memory'),
  };
  const sender = perSecond('sender');
  const ratio = sender / Math.max(peer.default, peer['high-water']);
  const size = file.size.name;
  return { size, level, events: file.events, peer, sender, ratio, target: TARGETS[level]?.[size] };
};

/** @returns CPU-seconds of the sending process, once every event has arrived */
const counted = async (
  { events }: SizedFile,
  send: (url: string) => Promise<{ readonly cpuSeconds: number }>,
): Promise<number> => {
  const server = await startCountingProcess();
  try {
    const { cpuSeconds } = await send(server.url);
    const { events: arrived } = await server.counts();
    if (arrived !== events) throw new Error(`${arrived} of ${events} events arrived.`);
    return cpuSeconds;
  } finally {
    await server.close();
  }
};

const publishedOf = (results: readonly PeerResult[]) => ({
  title: 'Beside mixpanel-import',
  command: 'npm run bench -- peer',
  method: `mixpanel-import 3.1.43 with 10 workers and no repairs (\`fixData: false\`): as it comes, which reads a file 100 bytes at a time; with its largest \`highWater\`, 500; and with all of the file in memory (\`forceStream: false\`), which large files do not allow. Against it the bundle of the sender with the default recipe, which also checks every event. The ratio is to the faster of the first two. Events per second of CPU, without the time that each takes to load; median of ${values.runs} runs, in turns, of the package as it comes one. Files of ${values.megabytes} MB. The server answers at once in a process of its own; every event arrived in every run.`,
  head: [
    'events',
    'gzip level',
    'mixpanel-import',
    'highWater 500',
    'in memory',
    'sender',
    'ratio',
    'target',
  ],
  rows: results.map(({ size, level, peer, sender, ratio, target }) => [
    size,
    String(level),
    ...PEER_WAYS.map((way) => count(peer[way])),
    count(sender),
    `${ratio.toFixed(1)} ×`,
    target === undefined ? '' : `${target} ×`,
  ]),
  verdict: `${results.filter(({ ratio, target = 0 }) => ratio >= target).length} of ${results.length} rows reach their target.`,
});

const count = (value: number): string => Math.round(value).toLocaleString('en-US');

await main();
