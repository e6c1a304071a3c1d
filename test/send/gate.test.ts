import { describe, expect, it } from 'vitest';
import { createGate } from '../../lib/send/gate.ts';

const open = () => new AbortController().signal;

/** Tasks that end when told to, and the order they started in. */
const tasks = () => {
  const started: number[] = [];
  const ends = new Map<number, () => void>();
  const task = (n: number) => () => {
    started.push(n);
    return new Promise<number>((resolve) => ends.set(n, () => resolve(n)));
  };
  return { started, task, end: (n: number) => ends.get(n)?.() };
};

describe('createGate', () => {
  it('runs as many tasks as it has slots, the others in order', async () => {
    const { started, task, end } = tasks();
    const gate = createGate(2);
    const runs = [0, 1, 2, 3].map((n) => gate.run(open(), task(n)));
    await Promise.resolve();
    expect(started).toEqual([0, 1]);
    end(1);
    await runs[1];
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2]);
    end(0);
    await runs[0];
    end(2);
    await runs[2];
    await Promise.resolve();
    end(3);
    expect(await Promise.all(runs)).toEqual([0, 1, 2, 3]);
  });

  it('frees the slot of a task that fails', async () => {
    const gate = createGate(1);
    await expect(gate.run(open(), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.run(open(), async () => 'next')).toBe('next');
  });

  it('lets a waiting task go when it is aborted, and forgets it', async () => {
    const { started, task, end } = tasks();
    const gate = createGate(1);
    const first = gate.run(open(), task(0));
    const aborter = new AbortController();
    const second = gate.run(aborter.signal, task(1));
    const third = gate.run(open(), task(2));
    aborter.abort(new Error('deadline'));
    await expect(second).rejects.toThrow('deadline');
    end(0);
    await first;
    await Promise.resolve();
    expect(started).toEqual([0, 2]);
    end(2);
    await third;
  });

  it('does not start a task that is aborted already', async () => {
    const gate = createGate(1);
    await expect(gate.run(AbortSignal.abort(new Error('late')), async () => 0)).rejects.toThrow('late');
    expect(await gate.run(open(), async () => 1)).toBe(1);
  });
});
