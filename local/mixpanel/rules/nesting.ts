import type { ImportLimits } from '../limits.ts';
import type { Rule } from './rule.ts';

/**
 * Objects and lists inside properties: fewer than 255 keys or elements each, at most three levels
 * (a value of a property is the first, and lists count as levels), at most 8 KB of JSON.
 */
export const checkNesting: Rule = ({ properties }, { limits }) => {
  for (const name in properties) {
    const value = properties[name];
    if (typeof value !== 'object' || value === null) continue;
    const problem = nestingProblem(value, 1, limits) ?? sizeProblem(value, limits);
    if (problem !== undefined) {
      const field = `properties.${name}`;
      return { field, message: `'${field}' is invalid: ${problem}` };
    }
  }
  return undefined;
};

function nestingProblem(value: object, depth: number, limits: ImportLimits): string | undefined {
  if (depth > limits.nestingDepthMax)
    return `must not be nested deeper than ${limits.nestingDepthMax} levels`;
  const children: unknown[] = Object.values(value);
  if (children.length > limits.nestedKeysMax) {
    return `must not have more than ${limits.nestedKeysMax} ${Array.isArray(value) ? 'elements' : 'keys'}`;
  }
  for (const child of children) {
    if (typeof child !== 'object' || child === null) continue;
    const problem = nestingProblem(child, depth + 1, limits);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function sizeProblem(value: object, limits: ImportLimits): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  return bytes > limits.nestedBytesMax ? `must not be larger than ${limits.nestedBytesMax} bytes` : undefined;
}
