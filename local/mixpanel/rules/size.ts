import type { Rule } from './rule.ts';

/** One event must be smaller than 1 MB, and hold fewer than 255 properties. */
export const checkSize: Rule = ({ properties }, { limits, eventBytes }) => {
  if (eventBytes >= limits.eventBytesEnd) {
    return { field: '', message: `event is invalid: must be smaller than ${limits.eventBytesEnd} bytes` };
  }
  if (Object.keys(properties).length > limits.propertiesMax) {
    const message = `'properties' is invalid: must not have more than ${limits.propertiesMax} properties`;
    return { field: 'properties', message };
  }
  return undefined;
};
