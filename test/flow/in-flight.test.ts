import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createInFlight, type InFlightOptions } from '../../lib/flow/in-flight.ts';
import { watchRejections } from './watch-rejections.ts';

/** Items are numbers; each runs until a test settles it. */
const startFlow = (options: Partial<InFlightOptions<number, string>> = {}) => {
  const running = new Map<number, PromiseWithResolvers<string>>();
  const committed: number[] = [];
  const inFlight = createInFlight<number, string>({
    itemsMax: 2,
    bytesMax: 100,
    bytesOf: () => 1,
    run: (item, signal) => {
      const run = Promise.withResolvers<string>();
      signal.addEventListener('abort', () => run.reject(signal.reason));
      running.set(item, run);
      return run.promise;
    },
    commit: async (item) => void committed.push(item),
    ...options,
  });
  return { inFlight, running, committed, finish: (item: number) => running.get(item)!.resolve('done') };
};

const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  await tick();
  return settled;
};

describe('createInFlight: room', () => {
  it('starts no more items than itemsMax', async () => {
    const { inFlight, running, finish } = startFlow();
    await inFlight.submit(1);
    await inFlight.submit(2);
    const third = inFlight.submit(3);
    expect(await isSettled(third)).toBe(false);
    expect([...running.keys()]).toEqual([1, 2]);
    finish(1);
    await third;
    expect([...running.keys()]).toEqual([1, 2, 3]);
  });

  it('starts no more bytes than bytesMax, except for one item alone', async () => {
    const { inFlight, running, finish } = startFlow({ itemsMax: 10, bytesOf: (item) => item });
    await inFlight.submit(500);
    const second = inFlight.submit(60);
    expect(await isSettled(second)).toBe(false);
    finish(500);
    await second;
    await inFlight.submit(40);
    const fourth = inFlight.submit(1);
    expect(await isSettled(fourth)).toBe(false);
    finish(60);
    finish(40);
    await fourth;
    expect([...running.keys()]).toEqual([500, 60, 40, 1]);
  });

  it('keeps an item in flight until it is committed', async () => {
    const { inFlight, finish } = startFlow({ itemsMax: 1, commit: () => new Promise(() => undefined) });
    await inFlight.submit(1);
    finish(1);
    expect(await isSettled(inFlight.submit(2))).toBe(false);
  });

  it('lets several submissions wait, first come first served', async () => {
    const { inFlight, running, finish } = startFlow({ itemsMax: 1 });
    const submissions = [1, 2, 3].map((item) => inFlight.submit(item));
    for (const item of [1, 2, 3]) {
      await submissions[item - 1];
      finish(item);
    }
    await inFlight.drain();
    expect([...running.keys()]).toEqual([1, 2, 3]);
  });
});

describe('createInFlight: commits', () => {
  it('commits in the order of submission, whatever ends first', async () => {
    const { inFlight, committed, finish } = startFlow({ itemsMax: 3 });
    for (const item of [1, 2, 3]) await inFlight.submit(item);
    finish(3);
    finish(2);
    await tick();
    expect(committed).toEqual([]);
    finish(1);
    await inFlight.drain();
    expect(committed).toEqual([1, 2, 3]);
  });

  it('commits one at a time', async () => {
    let underWay = 0;
    const { inFlight, finish } = startFlow({
      itemsMax: 3,
      commit: async () => {
        expect(++underWay).toBe(1);
        await tick();
        underWay--;
      },
    });
    for (const item of [1, 2, 3]) await inFlight.submit(item);
    for (const item of [1, 2, 3]) finish(item);
    await inFlight.drain();
  });

  it('drains at once when nothing is under way', async () => {
    await startFlow().inFlight.drain();
  });
});

describe('createInFlight: failures', () => {
  it('commits nothing behind a failure, but what came before it if that was done first', async () => {
    watchRejections();
    const { inFlight, running, committed, finish } = startFlow({ itemsMax: 3 });
    for (const item of [1, 2, 3]) await inFlight.submit(item);
    finish(1);
    finish(3);
    await tick();
    running.get(2)!.reject(new Error('refused'));
    await expect(inFlight.drain()).rejects.toThrow('refused');
    expect(committed).toEqual([1]);
    await expect(inFlight.submit(4)).rejects.toThrow('refused');
  });

  it.each<[string, Partial<InFlightOptions<number, string>>]>([
    ['a commit', { run: async () => 'done', commit: async () => Promise.reject(new Error('broken')) }],
    ['a run', { run: () => Promise.reject(new Error('broken')) }],
    [
      'a run before it returns',
      {
        run: () => {
          throw new Error('broken');
        },
      },
    ],
  ])('fails with %s', async (_, options) => {
    watchRejections();
    const { inFlight } = startFlow(options);
    await inFlight.submit(1);
    await expect(inFlight.drain()).rejects.toThrow('broken');
  });

  it('lets go of a submission that waits for room', async () => {
    watchRejections();
    const { inFlight, running } = startFlow({ itemsMax: 1 });
    await inFlight.submit(1);
    const second = inFlight.submit(2);
    running.get(1)!.reject(new Error('refused'));
    await expect(second).rejects.toThrow('refused');
    expect(running.has(2)).toBe(false);
  });

  it('has no commit under way any more once it is drained', async () => {
    const commit = Promise.withResolvers<void>();
    const { inFlight, running, finish } = startFlow({ commit: () => commit.promise });
    await inFlight.submit(1);
    await inFlight.submit(2);
    finish(1);
    await tick();
    running.get(2)!.reject(new Error('refused'));
    const drained = inFlight.drain();
    expect(await isSettled(drained)).toBe(false);
    commit.resolve();
    await expect(drained).rejects.toThrow('refused');
  });
});

describe('createInFlight: abort', () => {
  it('ends what runs, and throws its reason', async () => {
    watchRejections();
    const { inFlight, committed } = startFlow();
    await inFlight.submit(1);
    inFlight.abort(new Error('late'));
    inFlight.abort(new Error('later'));
    await expect(inFlight.drain()).rejects.toThrow('late');
    await expect(inFlight.submit(2)).rejects.toThrow('late');
    expect(committed).toEqual([]);
  });

  it('waits for something else only as long as nothing has failed', async () => {
    watchRejections();
    const { inFlight, running } = startFlow();
    expect(await inFlight.unlessAborted(Promise.resolve(5))).toBe(5);
    await expect(inFlight.unlessAborted(Promise.reject(new Error('own')))).rejects.toThrow('own');
    await inFlight.submit(1);
    const waiting = inFlight.unlessAborted(new Promise(() => undefined));
    running.get(1)!.reject(new Error('refused'));
    await expect(waiting).rejects.toThrow('refused');
  });
});
