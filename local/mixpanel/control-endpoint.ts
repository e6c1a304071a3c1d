import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SimulatorError } from './errors.ts';
import { sendReply } from './import-endpoint.ts';
import type { ImportEvent } from './import-event.ts';
import { json, notFoundReply } from './responses.ts';
import type { SimulatorStats } from './statistics.ts';

export const controlPath = '/_simulator/';

/** What a test in another process may ask of the simulator. */
export interface Controls {
  stats(): SimulatorStats;
  storedEvents(): Iterable<ImportEvent>;
  reset(): void;
}

/** Answers `GET stats`, `GET events` (NDJSON) and `POST reset` under `/_simulator/`. */
export async function handleControl(
  route: string,
  response: ServerResponse,
  controls: Controls,
): Promise<void> {
  switch (route) {
    case `GET ${controlPath}stats`:
      return sendReply(response, json(200, controls.stats()));
    case `GET ${controlPath}events`:
      return sendEvents(response, controls);
    case `POST ${controlPath}reset`:
      controls.reset();
      return sendReply(response, json(200, { status: 'OK' }));
    default:
      return sendReply(
        response,
        notFoundReply(`${route} is not known; use GET stats, GET events or POST reset under ${controlPath}`),
      );
  }
}

async function sendEvents(response: ServerResponse, controls: Controls): Promise<void> {
  let events: Iterable<ImportEvent>;
  try {
    events = controls.storedEvents();
  } catch (error) {
    if (!(error instanceof SimulatorError)) throw error;
    return sendReply(response, json(409, { code: error.code, error: error.message }));
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  await pipeline(Readable.from(eventLines(events)), response);
}

/** About 64 KB at a time, so that a million events are not a million writes. */
function* eventLines(events: Iterable<ImportEvent>): Generator<string> {
  let lines = '';
  for (const event of events) {
    lines += `${JSON.stringify(event)}\n`;
    if (lines.length < 64 * 1024) continue;
    yield lines;
    lines = '';
  }
  if (lines !== '') yield lines;
}
