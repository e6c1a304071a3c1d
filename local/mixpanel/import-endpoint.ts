import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Body, readBody } from './body.ts';
import type { Fault } from './faults.ts';
import { importBatch, type Project } from './import-batch.ts';
import {
  badRequestReply,
  htmlReply,
  type Reply,
  serverErrorReply,
  tooLargeReply,
  tooManyRequestsReply,
} from './responses.ts';
import { countOne } from './statistics.ts';

export interface Endpoint {
  readonly project: Project;
  /** How long an answer takes beyond the work it needs. */
  readonly responseMs: number;
  /** Called once per request, in order of arrival. */
  readonly nextFault: () => Fault | undefined;
  /** Aborted when the server closes, so that late answers do not hold it open. */
  readonly closing: AbortSignal;
}

/** Answers one request to `/import`, or does to it what the fault plan says. */
export async function handleImport(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: Endpoint,
): Promise<void> {
  const { stats, limits } = endpoint.project;
  const fault = endpoint.nextFault();
  stats.requests += 1;
  if (fault !== undefined) countOne(stats.byFault, fault.kind);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset-before') return reset(request, endpoint);
  const body = await readBody(request, limits.bodyBytesMax);
  stats.bytesCompressed += body.compressedBytes;
  if (body.kind === 'bytes') stats.bytesUncompressed += body.bytes.length;
  const reply = proxyReply(fault) ?? bodyReply(request, body, fault, endpoint.project);
  await delay(endpoint.responseMs + lateMs(fault), undefined, { signal: endpoint.closing });
  if (fault?.kind === 'reset-after') return reset(request, endpoint);
  if (reply.status === 429) stats.throttled += 1;
  countOne(stats.byStatus, String(reply.status));
  sendReply(response, reply, fault?.kind === 'cut');
}

const defaultLateMs = 1_000;

function lateMs(fault: Fault | undefined): number {
  return fault?.kind === 'slow' ? (fault.delayMs ?? defaultLateMs) : 0;
}

/** What a fault answers in the project's stead, before the project has seen the request. */
function proxyReply(fault: Fault | undefined): Reply | undefined {
  switch (fault?.kind) {
    case '429':
      return withRetryAfter(tooManyRequestsReply(), fault);
    case '500':
      return serverErrorReply(500, 'Internal Server Error');
    case '502':
      return serverErrorReply(502, 'Bad Gateway');
    case '503':
      return withRetryAfter(serverErrorReply(503, 'Service Unavailable'), fault);
    case '504':
      return serverErrorReply(504, 'Gateway Timeout');
    case '524':
      return serverErrorReply(524, 'A Timeout Occurred');
    case 'html-200':
      return htmlReply(200, 'OK');
    case 'html-413':
      return htmlReply(413, 'Request Entity Too Large');
    case 'html-502':
      return htmlReply(502, 'Bad Gateway');
    default:
      return undefined;
  }
}

function withRetryAfter(reply: Reply, { retryAfterSeconds }: Fault): Reply {
  return retryAfterSeconds === undefined ? reply : { ...reply, retryAfterSeconds };
}

function bodyReply(request: IncomingMessage, body: Body, fault: Fault | undefined, project: Project): Reply {
  if (body.kind === 'too-large') return tooLargeReply(project.limits.bodyBytesMax);
  if (body.kind === 'undecodable') return badRequestReply(body.reason);
  const firstHalfOnly = fault?.kind === 'partial';
  const importRequest = {
    query: new URL(request.url ?? '/', 'http://127.0.0.1').searchParams,
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'] ?? '',
    body: body.bytes,
    callerIp: request.socket.remoteAddress ?? '',
    firstHalfOnly,
  };
  const reply = importBatch(importRequest, project);
  return firstHalfOnly ? serverErrorReply(503, 'Service Unavailable') : reply;
}

function reset(request: IncomingMessage, { project }: Endpoint): void {
  countOne(project.stats.byStatus, 'reset');
  request.socket.resetAndDestroy();
}

/** @param cutShort announce the whole answer, send half of it and close the connection */
export function sendReply(response: ServerResponse, reply: Reply, cutShort = false): void {
  const body = Buffer.from(reply.body);
  response.statusCode = reply.status;
  response.setHeader('content-type', reply.contentType);
  response.setHeader('content-length', body.length);
  if (reply.retryAfterSeconds !== undefined) response.setHeader('retry-after', reply.retryAfterSeconds);
  if (!cutShort) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
}
