import { type Fault, type FaultKind, type FaultScript, faultKinds } from '../../local/mixpanel/faults.ts';
import { randomAt } from './random.ts';

/** Requests under the same weather. */
const SPELL_REQUESTS = 50;
const REQUESTS_MAX = 400_000;
const SLOW_MS = 700;
/** A request that is never answered costs its sender 30 s, so they are few whatever the weather. */
const HANG_SHARE = 0.002;

/** All but `hang`, and `html-413`: that page says of a single record that it is too large. */
const MIXED = faultKinds.filter((kind) => kind !== 'hang' && kind !== 'html-413');
/** What goes wrong during a spell; each is as likely as any other. */
const WEATHERS: readonly { readonly rate: number; readonly kinds: readonly FaultKind[] }[] = [
  { rate: 0, kinds: MIXED },
  { rate: 0.02, kinds: MIXED },
  { rate: 0.1, kinds: MIXED },
  { rate: 0.3, kinds: MIXED },
  { rate: 0.5, kinds: ['429'] },
  { rate: 0.4, kinds: ['500', '502', '503', '504', '524', 'html-502'] },
  { rate: 0.3, kinds: ['reset-before', 'reset-after', 'cut'] },
  { rate: 0.3, kinds: ['partial', 'html-200', 'slow'] },
];

/** What happens to each request in order of arrival: the weather changes every 50 of them. */
export const weatherScript = (seed: number): FaultScript => {
  const script: (Fault | 'ok')[] = [];
  for (let spell = 0; script.length < REQUESTS_MAX; spell++) {
    const random = randomAt(seed, 2_000_000 + spell);
    const { rate, kinds } = random.pick(WEATHERS);
    for (let i = 0; i < SPELL_REQUESTS; i++) {
      if (random.chance(HANG_SHARE)) script.push(HANG);
      else script.push(random.chance(rate) ? FAULTS[random.pick(kinds)] : 'ok');
    }
  }
  return script;
};

const FAULTS = Object.fromEntries(faultKinds.map((kind) => [kind, { kind, delayMs: SLOW_MS }])) as Record<
  FaultKind,
  Fault
>;
const HANG = FAULTS.hang;
