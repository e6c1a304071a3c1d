import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createInFlight } from '../../lib/flow/in-flight.ts';

const VALUES = 100;

it('holds nothing of what it has waited for, however long it lives', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const inFlight = createInFlight<object, void>({
    itemsMax: 1,
    bytesMax: 1,
    bytesOf: () => 1,
    run: async () => undefined,
    commit: async () => undefined,
  });
  const values: WeakRef<object>[] = [];
  for (let i = 0; i < VALUES; i++) values.push(new WeakRef(await inFlight.unlessAborted(nextTurn({ i }))));
  await nextTurn();
  collectGarbage();
  expect(values.filter((value) => value.deref() !== undefined).length).toBeLessThan(VALUES / 10);
  await inFlight.drain();
});
