const bannedIds = new Set([
  '00000000-0000-0000-0000-000000000000',
  'anon',
  'anonymous',
  'nil',
  'none',
  'null',
  'n/a',
  'na',
  'undefined',
  'unknown',
  '<nil>',
  '0',
  '-1',
  'true',
  'false',
  '[]',
  '{}',
]);

/** Whether the server looks at case is undocumented; ignoring it is the stricter reading. */
export function isBannedId(id: string): boolean {
  return id.length <= 36 && bannedIds.has(id.toLowerCase());
}
