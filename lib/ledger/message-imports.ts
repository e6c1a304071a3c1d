import * as z from 'zod';
import { importIdOf } from '../plan/import-id.ts';
import { parseNotification } from '../plan/notification.ts';

const ofImportSchema = z.object({ importId: z.string() });

/**
 * The imports that a message is about: one, or several where a notification names several objects.
 *
 * @param queue the queue that it came from
 * @returns none for a message that cannot be read
 */
export const importsOfMessage = (queue: 'intake' | 'chunks' | 'receipts', body: string): string[] => {
  try {
    return queue === 'intake'
      ? parseNotification(body).map((created) => importIdOf({ ...created, etag: created.etag ?? '' }))
      : [ofImportSchema.parse(JSON.parse(body)).importId];
  } catch {
    return [];
  }
};
