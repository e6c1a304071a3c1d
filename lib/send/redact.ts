import { authorization, type Credentials } from './credentials.ts';
import type { Verdict } from './verdict.ts';

/** Shorter ones are no secrets, and taking them out would maim ordinary words. */
const CHARACTERS_MIN = 8;

/** Takes credentials out of text that a server may have echoed them into, as they are or in another spelling. */
export const redactor = (credentials: Credentials): ((text: string) => string) => {
  const encoded = authorization(credentials)?.replace('Basic ', '') ?? '';
  const secrets = [encoded, encoded.replace(/=+$/, ''), ...plain(credentials)]
    .filter(({ length }) => length >= CHARACTERS_MIN)
    .flatMap(spellings);
  // Longer ones first: one may be the beginning of another.
  const unique = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  return (text) => unique.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
};

/** The verdict with its reasons redacted: what the answer spelled in its own way is plain once it was parsed. */
export const redactVerdict = (verdict: Verdict, redact: (text: string) => string): Verdict =>
  verdict.kind === 'accepted'
    ? { ...verdict, rejected: verdict.rejected.map((each) => ({ ...each, reason: redact(each.reason) })) }
    : { ...verdict, reason: redact(verdict.reason) };

const plain = (credentials: Credentials): readonly string[] => {
  switch (credentials.kind) {
    case 'token':
      return [credentials.token];
    case 'service-account':
      return [credentials.secret, credentials.username];
    case 'none':
      return [];
  }
};

/** The same text as plain text, JSON, URLs and HTML write it. */
const spellings = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  ...QUOTES_IN_HTML.map((quotes) => inHtml(secret, quotes)),
];

const QUOTES_IN_HTML = [
  { '"': '&quot;', "'": '&#39;' },
  { '"': '&#34;', "'": '&#x27;' },
  { '"': '"', "'": "'" },
];

const inHtml = (text: string, quotes: Readonly<Record<string, string>>): string => {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', ...quotes };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
};
