import { expect, it } from 'vitest';
import { importsOfMessage } from '../../lib/ledger/message-imports.ts';
import { importIdOf } from '../../lib/plan/import-id.ts';
import { createdNotification } from '../../local/cloud/notification.ts';
import { chunkMessage } from '../chunk-message.ts';
import { done } from './receipts.ts';

const object = { bucket: 'inbox', key: 'a b/c.jsonl', etag: 'e1', sequencer: '01', sizeBytes: 3 };

it.each([
  ['intake', createdNotification(object), [importIdOf(object)]],
  ['chunks', JSON.stringify({ ...chunkMessage(3), importId: 'import-9' }), ['import-9']],
  ['receipts', JSON.stringify(done(0)), ['import-1']],
  ['intake', JSON.stringify({ Event: 's3:TestEvent' }), []],
  ['intake', 'not JSON', []],
  ['chunks', 'null', []],
  ['receipts', '{"importId":7}', []],
] as const)('reads in a message of %s what it is about: %s', (queue, body, expected) => {
  expect(importsOfMessage(queue, body)).toEqual(expected);
});
