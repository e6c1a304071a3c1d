import { isBannedId } from './banned-ids.ts';
import type { Rule } from './rule.ts';

const field = 'properties.distinct_id';

/** Required in projects with original identity merging only. Empty is legal: the event belongs to nobody. */
export const checkDistinctId: Rule = ({ properties }, { identity }) => {
  const { distinct_id: distinctId } = properties;
  if (distinctId === undefined || distinctId === null) {
    return identity === 'original' ? violation('must not be missing') : undefined;
  }
  if (typeof distinctId !== 'string') return violation('must be a string');
  if (isBannedId(distinctId)) return violation(`'${distinctId}' is not allowed`);
  return undefined;
};

function violation(problem: string) {
  return { field, message: `'${field}' is invalid: ${problem}` };
}
