/** An event as `POST /import` takes it. */
export interface ImportEvent {
  event: string;
  properties: Record<string, unknown>;
}

/** How the project merges identities; fixed for a project once it holds data. */
export type IdentitySystem = 'simplified' | 'original';
