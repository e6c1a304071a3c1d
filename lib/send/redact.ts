import { authorization, type Credentials } from './credentials.ts';

/** Shorter ones are no secrets, and taking them out would maim ordinary words. */
const CHARACTERS_MIN = 8;

/** Takes credentials out of text that a server may have echoed them into. */
export const redactor = (credentials: Credentials): ((text: string) => string) => {
  const encoded = authorization(credentials)?.replace('Basic ', '') ?? '';
  const secrets = [encoded, ...plain(credentials)].filter(({ length }) => length >= CHARACTERS_MIN);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
};

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
