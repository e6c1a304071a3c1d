import { afterAll, beforeAll, expect, it } from 'vitest';
import { productEvent } from '../../bench/generate/product-event.ts';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../local/mixpanel/server.ts';

const EVENTS = 20;

let simulator: MixpanelSimulator;
beforeAll(async () => {
  simulator = await startMixpanelSimulator({ credentials: { token: 't' } });
});
afterAll(() => simulator.close());

/** A sequence that does not repeat for long. */
const numbers = (): (() => number) => {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
};

it.each([287, 2_048, 10_500, 50_000])('makes events of %i bytes that Mixpanel takes', async (eventBytes) => {
  const random = numbers();
  const lines = Array.from({ length: EVENTS }, (_, i) => productEvent(i, random, eventBytes));
  const answer = await fetch(`${simulator.url}/import?strict=1`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('t:').toString('base64')}`,
      'content-type': 'application/x-ndjson',
    },
    body: lines.join('\n'),
  });
  expect(await answer.json()).toMatchObject({ num_records_imported: EVENTS });
  const sizes = lines.map((line) => line.length + 1);
  for (const size of sizes) expect(Math.abs(size / eventBytes - 1)).toBeLessThan(0.02);
});
