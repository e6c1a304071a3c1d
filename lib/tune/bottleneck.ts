import type { Progress } from '../plan/chunk.ts';

export type Bottleneck = 'source' | 'transform' | 'network' | 'api' | 'none';

/** Below this, nothing was waited for long enough to say. */
const WAIT_MS_MIN = 200;

/** What an import waited for most: reading, its own CPU, the network and the answers, or the API's rate limit. */
export const bottleneckOf = ({ source, transform, request, throttle }: Progress['waitMs']): Bottleneck => {
  const waits: [Bottleneck, number][] = [
    ['api', throttle],
    ['network', request],
    ['transform', transform],
    ['source', source],
  ];
  const [name, waitMs] = waits.reduce((most, next) => (next[1] > most[1] ? next : most));
  return waitMs < WAIT_MS_MIN ? 'none' : name;
};
