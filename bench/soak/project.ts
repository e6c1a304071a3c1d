/**
 * The Mixpanel simulator with the soak's faults, in a process of its own. It knows how to make any file of the soak,
 * so it can be asked how many events of a file it has, without anyone keeping them.
 */
import { startMixpanelSimulator } from '../../local/mixpanel/server.ts';
import { weatherScript } from './faults.ts';
import { kindNamed } from './kinds.ts';
import { linesOf } from './lines.ts';
import type { Question } from './project-process.ts';

const seed = Number(process.argv[2]);
const simulator = await startMixpanelSimulator({ keep: 'ids', faults: weatherScript(seed) });

const presentOf = (number: number, kindName: string): number => {
  let present = 0;
  for (const { fate, event } of linesOf(kindNamed(kindName).lines, seed, number)) {
    if (fate === 'imported' && event && simulator.has(event)) present += 1;
  }
  return present;
};

process.on('message', ({ id, ask }: Question) => {
  const answer = ask === 'stats' ? simulator.stats() : presentOf(ask.number, ask.kind);
  process.send!({ id, answer });
});
process.once('disconnect', () => process.exit(0));
process.send!({ id: 0, answer: simulator.url });
