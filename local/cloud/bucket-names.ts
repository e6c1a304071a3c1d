/** The buckets of the embedded cloud. */
export const INBOX_BUCKET = 'inbox';
export const WORK_BUCKET = 'work';
