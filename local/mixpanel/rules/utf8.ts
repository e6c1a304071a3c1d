import type { Rule } from './rule.ts';

const replacementCharacter = '\uFFFD';

/** In a body with bytes that are not UTF-8, the strings that lost them hold replacement characters. */
export const checkUtf8: Rule = ({ properties }, { bodyIsUtf8 }) => {
  if (bodyIsUtf8) return undefined;
  for (const [name, value] of Object.entries(properties)) {
    if (`${name}${JSON.stringify(value)}`.includes(replacementCharacter)) {
      const field = `properties.${name}`;
      return { field, message: `${field} is invalid: string should be valid utf8` };
    }
  }
  return undefined;
};
