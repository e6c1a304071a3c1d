import './node-under-clock.ts';
import { parseArgs } from 'node:util';
import { runSeed } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1000' },
    trace: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed),
  runs = Number(values.runs);
const t0 = performance.now();
const states = new Map<string, number>();
const kinds = new Map<string, number[]>();
for (let seed = first; seed < first + runs; seed++) {
  const r = await runSeed(seed, values.trace ? (line) => console.log(line) : undefined);
  states.set(r.state, (states.get(r.state) ?? 0) + 1);
  for (const p of r.problems) {
    const k = `${p.kind} ${p.text.replace(/[\d"[].*/, '')}`;
    kinds.set(k, [...(kinds.get(k) ?? []), seed]);
    if (runs === 1) console.log(p);
  }
}
console.log(
  states,
  [...kinds].map(([k, s]) => `${k}: ${new Set(s).size} seeds ${[...new Set(s)].slice(0, 12)}`),
  `${((performance.now() - t0) / 1000).toFixed(1)} s`,
);
