import { childrenOf, functionOf, readResidentMB } from '../function-processes.ts';

const MiB = 1024 * 1024;
const LOOK_MS = 2_000;

/** Memory in a minute, in MiB. */
export interface MinuteOfMemory {
  /** Resident memory of this process, the embedded cloud: what it had in the middle of all looks. */
  readonly cloudMB: number;
  /** What its heap and its buffers hold at the end, once the garbage is collected. */
  readonly heldMB: number;
  /** The most that any sender had. */
  readonly senderMB: number;
}

export interface MemoryWatch {
  /** Ends a minute and begins the next one. */
  cut(): MinuteOfMemory;
  readonly minutes: readonly MinuteOfMemory[];
  stop(): void;
}

/** Looks at this process and at its senders every two seconds. */
export const watchMemory = (): MemoryWatch => {
  const minutes: MinuteOfMemory[] = [];
  let cloudLooks: number[] = [];
  let senderMB = 0;
  const look = (): void => {
    cloudLooks.push(readResidentMB(process.pid) ?? 0);
    for (const pid of childrenOf(process.pid)) {
      if (functionOf(pid) === 'sender') senderMB = Math.max(senderMB, readResidentMB(pid) ?? 0);
    }
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  return {
    minutes,
    cut: () => {
      look();
      const minute = { cloudMB: median(cloudLooks), heldMB: heldMB(), senderMB };
      minutes.push(minute);
      cloudLooks = [];
      senderMB = 0;
      return minute;
    },
    stop: () => clearInterval(timer),
  };
};

/** Needs `--expose-gc`. */
const heldMB = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MiB;
};

export interface Growth {
  readonly firstMB: number;
  readonly lastMB: number;
  /** The last third to the first. */
  readonly ratio: number;
}

/** The middle of the first third of values beside that of the last third. */
export const growthOf = (values: readonly number[]): Growth => {
  const third = Math.max(1, Math.floor(values.length / 3));
  const [firstMB, lastMB] = [median(values.slice(0, third)), median(values.slice(-third))];
  return { firstMB, lastMB, ratio: lastMB / firstMB };
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
