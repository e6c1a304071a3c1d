import { receiveBody } from './body.ts';
import type { BucketWrites } from './bucket.ts';
import type { Call } from './call.ts';
import { sendXml, writesOf } from './call.ts';
import { deleteCheck } from './conditions.ts';
import { S3Error } from './errors.ts';
import { s3Namespace, xmlContents, xmlDocument, xmlElement, xmlTexts } from './xml.ts';

const keysMax = 1000;
/** Room for 1,000 keys of 1,024 bytes with every byte escaped. */
const requestBytesMax = 8 * 1024 * 1024;

export async function deleteObject(call: Call): Promise<void> {
  await writesOf(call).delete(call.key, deleteCheck(call.request.headers['if-match']));
  call.response.writeHead(204).end();
}

/** Deletes up to 1,000 objects; one that cannot be deleted is an error in the answer and stops no other. */
export async function deleteObjects(call: Call): Promise<void> {
  const writes = writesOf(call);
  const request = await readText(call);
  const targets = parseTargets(request);
  const isQuiet = xmlTexts(request, 'Quiet').includes('true');
  let results = '';
  for (const target of targets) results += await deleteTarget(writes, target, isQuiet);
  sendXml(call.response, xmlDocument('DeleteResult', results, s3Namespace));
}

interface Target {
  readonly key: string;
  readonly ifMatch: string | undefined;
}

async function readText(call: Call): Promise<string> {
  const parts: Uint8Array[] = [];
  await receiveBody({ ...call, bodyBytesMax: requestBytesMax }, async (content) => {
    for await (const part of content) parts.push(part);
  });
  return Buffer.concat(parts).toString('utf8');
}

function parseTargets(request: string): Target[] {
  const targets = xmlContents(request, 'Object').map((object) => {
    const [key] = xmlTexts(object, 'Key');
    if (key === undefined || key === '') throw new S3Error('MalformedXML', 'An Object has no Key.');
    return { key, ifMatch: xmlTexts(object, 'ETag')[0] };
  });
  if (targets.length > 0 && targets.length <= keysMax) return targets;
  throw new S3Error('MalformedXML', `${targets.length} objects to delete; a request takes 1 to ${keysMax}.`);
}

async function deleteTarget(
  writes: BucketWrites,
  { key, ifMatch }: Target,
  isQuiet: boolean,
): Promise<string> {
  try {
    await writes.delete(key, deleteCheck(ifMatch));
    return isQuiet ? '' : `<Deleted>${xmlElement('Key', key)}</Deleted>`;
  } catch (error) {
    const { code, message } = error instanceof S3Error ? error : new S3Error('InternalError', String(error));
    const fields = xmlElement('Key', key) + xmlElement('Code', code) + xmlElement('Message', message);
    return `<Error>${fields}</Error>`;
  }
}
