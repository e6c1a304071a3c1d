import type { Act, Role } from './faults.ts';
import { between, type World } from './world.ts';

/** One invocation of a function: what it does to the world ends with it. */
export interface Life {
  readonly role: Role;
  readonly name: string;
  readonly endsAtMs: number;
  /** Never fulfilled unless the function is killed. */
  readonly killed: Promise<string>;
  isAlive(): boolean;
  kill(reason: string): void;
  /** It has come to its end: nothing kills it any more. */
  finish(): void;
  /**
   * Does something to the world: takes effect a little later, and its answer comes a little later still. A function
   * that is dead by then never hears of it, and what it had not begun never happens.
   *
   * @throws what `effect` throws
   */
  act<T>(act: Act | 'ask', what: string, effect: () => T): Promise<T>;
}

export interface LifeOptions {
  readonly role: Role;
  readonly name: string;
  readonly timeoutMs: number;
  /** Kills at its first act of this kind, whatever the faults say. */
  readonly isDoomed: boolean;
}

const LATENCY_MS_MIN = 2;
const LATENCY_MS_MAX = 60;
/** A request that is under way when its sender dies arrives half the time. */
const ARRIVES_ANYWAY = 0.5;

export const startLife = (world: World, { role, name, timeoutMs, isDoomed }: LifeOptions): Life => {
  const { clock, random, faults, note } = world;
  const endsAtMs = clock.now() + timeoutMs;
  const { promise: killed, resolve } = Promise.withResolvers<string>();
  let alive = true;
  let hasFinished = false;

  const kill = (reason: string): void => {
    if (!alive || hasFinished) return;
    alive = false;
    world.kills[role] += 1;
    note(name, `killed: ${reason}`);
    resolve(reason);
  };

  const latency = (): Promise<void> => clock.sleep(between(random, LATENCY_MS_MIN, LATENCY_MS_MAX));

  const dies = (moment: 'before' | 'during' | 'after', act: Act | 'ask'): void => {
    if (act === 'ask' || !alive) return;
    if (isDoomed || faults.strikes(`${role} dies ${moment} ${act}`)) kill(`${moment} ${act}`);
  };

  const act: Life['act'] = async (kind, what, effect) => {
    dies('before', kind);
    if (alive && faults.strikes(`${role}: timeout`)) return silence();
    if (!alive) return silence();
    await latency();
    dies('during', kind);
    if (!alive && random() >= ARRIVES_ANYWAY) return silence();
    const answer = attempt(effect);
    note(name, `${what}${'error' in answer ? ` → ${String(answer.error)}` : ''}${alive ? '' : ' (dead)'}`);
    dies('after', kind);
    if (alive) await latency();
    if (!alive) return silence();
    if ('error' in answer) throw answer.error;
    return answer.value;
  };

  clock.after(timeoutMs, () => kill('its time is over'));
  if (faults.strikes(`${role}: out of memory`))
    clock.after(random() * Math.min(timeoutMs, 5_000), () => kill('out of memory'));
  const finish = (): void => {
    hasFinished = true;
  };
  return { role, name, endsAtMs, killed, isAlive: () => alive, kill, finish, act };
};

/** What the dead hear. */
export const silence = (): Promise<never> => new Promise(() => {});

const attempt = <T>(effect: () => T): { readonly value: T } | { readonly error: unknown } => {
  try {
    return { value: effect() };
  } catch (error) {
    return { error };
  }
};
