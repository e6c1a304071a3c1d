/** The most that a recipe may say: nothing here is to wait for the quota of a project. */
export const NO_QUOTA = { eventsPerSecond: 10_000_000, megabytesPerMinute: 1_000_000 };
