import { checkDistinctId } from './rules/distinct-id.ts';
import { envelopeViolation, isEventShaped } from './rules/envelope.ts';
import { checkInsertId } from './rules/insert-id.ts';
import { checkNesting } from './rules/nesting.ts';
import type { Rule, RuleContext, Violation } from './rules/rule.ts';
import { checkSize } from './rules/size.ts';
import { checkTime } from './rules/time.ts';
import { checkUtf8 } from './rules/utf8.ts';

const strictRules: readonly Rule[] = [
  checkSize,
  checkTime,
  checkDistinctId,
  checkInsertId,
  checkNesting,
  checkUtf8,
];

/** @returns the first rule that a value breaks as an event of `/import?strict=1`, in the order listed above */
export function strictViolation(value: unknown, context: RuleContext): Violation | undefined {
  const violation = envelopeViolation(value);
  if (violation !== undefined || !isEventShaped(value)) return violation;
  for (const check of strictRules) {
    const broken = check(value, context);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

/**
 * What becomes of invalid events without `strict=1` is undocumented. Here only those that could not
 * be stored are dropped: no name, no properties, no usable time.
 */
export function lenientViolation(value: unknown, context: RuleContext): Violation | undefined {
  if (!isEventShaped(value) || value.event.trim() === '') {
    return { field: 'event', message: 'not an event' };
  }
  return checkTime(value, context);
}
