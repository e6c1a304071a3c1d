/**
 * What `POST /import` accepts. "MB" and "KB" are never defined by the documentation; the smaller,
 * decimal reading is enforced, so what passes here fits either.
 *
 * @see https://docs.mixpanel.com/reference/import-events
 */
export interface ImportLimits {
  readonly eventsMax: number;
  /** Uncompressed bytes of one request. */
  readonly bodyBytesMax: number;
  /** One event must be smaller than this, in bytes of uncompressed JSON. */
  readonly eventBytesEnd: number;
  readonly propertiesMax: number;
  /** Keys of a nested object, and elements of an array. */
  readonly nestedKeysMax: number;
  readonly nestingDepthMax: number;
  /** JSON bytes of one object or list value. */
  readonly nestedBytesMax: number;
  /** Longer strings and property names are cut, silently. */
  readonly stringCharactersMax: number;
  readonly insertIdBytesMax: number;
  readonly timeMinMs: number;
  readonly timeAheadMsMax: number;
}

export const documentedLimits: ImportLimits = {
  eventsMax: 2_000,
  bodyBytesMax: 10_000_000,
  eventBytesEnd: 1_000_000,
  propertiesMax: 254,
  nestedKeysMax: 254,
  nestingDepthMax: 3,
  nestedBytesMax: 8_000,
  stringCharactersMax: 255,
  insertIdBytesMax: 36,
  timeMinMs: Date.UTC(1971, 0, 1),
  timeAheadMsMax: 60 * 60 * 1_000,
};
