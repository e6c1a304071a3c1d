import { tuningSchema } from '../recipe/schema.ts';
import type { Knobs } from './knobs.ts';

type NumberKnob = Exclude<keyof Knobs, 'compress' | 'throttleMemory' | 'aggressiveGC'>;
type Switch = Exclude<keyof Knobs, NumberKnob>;

/** What to do to a knob, in words; undefined where it is as far as it goes. */
export interface Turn {
  raise(knob: NumberKnob): string | undefined;
  lower(knob: NumberKnob): string | undefined;
  switchOn(knob: Switch): string | undefined;
}

/** @param knobs as they are, or undefined where that is not known */
export const turnFrom = (knobs: Knobs | undefined): Turn => {
  const from = (knob: NumberKnob): string => (knobs ? ` from ${knobs[knob]}` : '');
  const boundsOf = (knob: NumberKnob) => tuningSchema.shape[knob].unwrap();
  return {
    raise: (knob) =>
      knobs && knobs[knob] >= boundsOf(knob).maxValue! ? undefined : `raise ${knob}${from(knob)}`,
    lower: (knob) =>
      knobs && knobs[knob] <= boundsOf(knob).minValue! ? undefined : `lower ${knob}${from(knob)}`,
    switchOn: (knob) => (knobs?.[knob] ? undefined : `turn ${knob} on`),
  };
};

/** `a, b, or c`, of those that there are. */
export const anyOf = (turns: readonly (string | undefined)[]): string | undefined => {
  const [last, ...others] = turns.filter((turn) => turn !== undefined).toReversed();
  if (others.length === 0) return last;
  return `${others.toReversed().join(', ')}${others.length > 1 ? ',' : ''} or ${last}`;
};
