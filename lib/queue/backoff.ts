const FIRST_SECONDS = 15;
const MAX_SECONDS = 300;

/** Wait before a failed message comes again: doubles with each time it came. */
export const visibilityBackoffSeconds = (receiveCount: number): number =>
  Math.min(MAX_SECONDS, FIRST_SECONDS * 2 ** (receiveCount - 1));
