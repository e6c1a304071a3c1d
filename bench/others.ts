import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 1_500;

/** Cores that other programs keep busy, seen while this one waits for a second and a half. */
export const lookForOthers = async (): Promise<number> => {
  const before = busyMs();
  await sleep(LOOK_MS);
  return (busyMs() - before) / LOOK_MS;
};

const busyMs = (): number =>
  cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
