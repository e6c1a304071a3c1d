import Table from 'cli-table3';
import type { QueueRedrive } from './redrive.ts';
import { count } from './report-text.ts';

/** What was put back where, for people. */
export const redriveText = (redriven: readonly QueueRedrive[], importId: string | undefined): string => {
  const table = new Table({
    head: ['queue', 'put back to work', ...(importId === undefined ? [] : ['of other imports']), ''],
    style: { head: [], border: [], compact: true },
  });
  for (const { queue, moved, putBack, isWhole } of redriven) {
    const left = isWhole ? '' : 'more may be left';
    table.push([queue, count(moved), ...(importId === undefined ? [] : [count(putBack)]), left]);
  }
  return [table.toString(), ...nextSteps(redriven, importId)].join('\n');
};

const nextSteps = (redriven: readonly QueueRedrive[], importId: string | undefined): string[] => [
  ...(redriven.every(({ isWhole }) => isWhole)
    ? []
    : ['→ SQS may be still at it; look with fanout status, and redrive again if dead letters stay.']),
  ...(redriven.some(({ moved }) => moved > 0)
    ? [`→ See what becomes of it: fanout status${importId === undefined ? '' : ` ${importId}`} --watch`]
    : ['There were no dead letters to put back.']),
];
