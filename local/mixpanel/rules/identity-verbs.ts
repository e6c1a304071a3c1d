import type { ImportEvent } from '../import-event.ts';

const identityVerbs = new Set(['$identify', '$create_alias', '$merge']);

export const identityVerbMessage =
  'identity events are not allowed when project is using simplified identity management';

/** Is this one of the commands that projects with original identity merging take as events? */
export function isIdentityVerb({ event }: ImportEvent): boolean {
  return identityVerbs.has(event);
}
