import { isBannedId } from './banned-ids.ts';
import type { Rule } from './rule.ts';

const field = '$insert_id';

/**
 * Required, at most 36 bytes, letters, digits and hyphens. One page says that a missing id is
 * generated; the other two require it, and so does this.
 */
export const checkInsertId: Rule = ({ properties }, { limits }) => {
  const { $insert_id: insertId } = properties;
  if (insertId === undefined || insertId === null || insertId === '') return violation('must not be missing');
  if (typeof insertId !== 'string') return violation('must be a string');
  if (!/^[A-Za-z0-9-]+$/.test(insertId)) {
    return violation("must only contain alphanumeric or hyphen '-' characters");
  }
  if (insertId.length > limits.insertIdBytesMax) {
    return violation(`must not be longer than ${limits.insertIdBytesMax} bytes`);
  }
  if (isBannedId(insertId)) return violation(`'${insertId}' is not allowed`);
  return undefined;
};

function violation(problem: string) {
  return { field, message: `'${field}' is invalid: ${problem}` };
}
