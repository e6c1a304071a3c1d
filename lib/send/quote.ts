/** Longest quotation of an API answer in a reason or message. */
export const QUOTE_CHARACTERS_MAX = 200;

/** Text from an answer made fit for a log line: one line, no control or invisible characters, at most 200 characters. */
export const quote = (text: string): string => {
  // Cut roughly first: an answer may be megabytes.
  const visible = text
    .slice(0, QUOTE_CHARACTERS_MAX * 20)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const characters = [...visible];
  if (characters.length <= QUOTE_CHARACTERS_MAX) return visible;
  return `${characters.slice(0, QUOTE_CHARACTERS_MAX - 1).join('')}…`;
};
