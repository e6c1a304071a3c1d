import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { AcceptedEvents } from './accepted-events.ts';
import { type Credentials, isAuthorized } from './auth.ts';
import { SimulatorError } from './errors.ts';
import type { IdentitySystem, ImportEvent } from './import-event.ts';
import type { ImportLimits } from './limits.ts';
import type { Quota } from './quota.ts';
import { type Candidate, parseLegacyData, parseRecords, type Records } from './records.ts';
import {
  badRequestReply,
  type FailedRecord,
  failedRecordsReply,
  importedReply,
  lenientSuccessReply,
  lenientTooManyRequestsReply,
  type Reply,
  serverErrorReply,
  tooManyRequestsReply,
  unauthorizedReply,
} from './responses.ts';
import { isEventShaped, isObject } from './rules/envelope.ts';
import { identityVerbMessage, isIdentityVerb } from './rules/identity-verbs.ts';
import { lenientViolation, strictViolation } from './rules.ts';
import type { SimulatorStats } from './statistics.ts';

/** The project that the simulator stands for, whichever credential a request uses. */
export interface Project {
  readonly credentials: Credentials | undefined;
  readonly identity: IdentitySystem;
  readonly limits: ImportLimits;
  readonly now: () => number;
  readonly quota: Quota;
  readonly events: AcceptedEvents;
  readonly stats: SimulatorStats;
}

/** One request to `/import` once its body is inflated. */
export interface ImportRequest {
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly body: Buffer;
  readonly callerIp: string;
  /** Treat only the first half of the events, as a server does that dies midway. */
  readonly firstHalfOnly: boolean;
}

interface Mode {
  readonly strict: boolean;
  readonly verbose: boolean;
}

/** Authenticates, throttles, checks and stores one batch; the reply says what Mixpanel would. */
export function importBatch(request: ImportRequest, project: Project): Reply {
  if (!isAuthorized(claimOf(request), project.credentials)) return unauthorizedReply();
  const mode = modeOf(request);
  const records = recordsOf(request, project.limits);
  const eventCount = records.kind === 'records' ? records.candidates.length : 0;
  if (!project.quota.take(eventCount, request.body.length)) {
    return mode.strict ? tooManyRequestsReply() : lenientTooManyRequestsReply();
  }
  if (records.kind === 'refused') return badRequestReply(records.reason);
  const half = Math.ceil(eventCount / 2);
  const candidates = request.firstHalfOnly ? records.candidates.slice(0, half) : records.candidates;
  return importCandidates(candidates, request, project, mode);
}

function claimOf({ query, authorization }: ImportRequest) {
  return {
    authorization,
    projectId: query.get('project_id') ?? undefined,
    apiKey: query.get('api_key') ?? undefined,
  };
}

/** Clients that send the legacy form are older than `strict`, so it is off for them unless asked for. */
function modeOf({ query, contentType }: ImportRequest): Mode {
  const isLegacy = query.has('data') || contentType.startsWith('application/x-www-form-urlencoded');
  const strict = query.get('strict') ?? (isLegacy ? '0' : '1');
  return { strict: strict === '1', verbose: query.get('verbose') === '1' };
}

function recordsOf({ query, contentType, body }: ImportRequest, limits: ImportLimits): Records {
  const data = query.get('data');
  return data === null ? parseRecords(body, contentType, limits) : parseLegacyData(data, limits);
}

function importCandidates(
  candidates: readonly Candidate[],
  request: ImportRequest,
  project: Project,
  mode: Mode,
): Reply {
  const { accepted, failed, verbs } = sort(candidates, request, project, mode);
  // Seen live: one identity verb in a simplified project, and nothing of the request is imported.
  const stored = verbs > 0 && mode.strict ? [] : accepted;
  const refusal = store(stored, request.callerIp, project);
  if (refusal !== undefined) return refusal;
  if (verbs > 0 && mode.strict) {
    project.stats.rejected += candidates.length;
    return failedRecordsReply(0, new Array<string>(verbs).fill(identityVerbMessage));
  }
  project.stats.rejected += failed.length + verbs;
  if (!mode.strict) return lenientSuccessReply(mode.verbose);
  return failed.length === 0 ? importedReply(stored.length) : failedRecordsReply(stored.length, failed);
}

interface Sorted {
  readonly accepted: ImportEvent[];
  readonly failed: FailedRecord[];
  /** Identity verbs sent to a project that does not take them. */
  verbs: number;
}

function sort(
  candidates: readonly Candidate[],
  request: ImportRequest,
  project: Project,
  mode: Mode,
): Sorted {
  const { identity, limits } = project;
  const base = { nowMs: project.now(), identity, limits, bodyIsUtf8: isUtf8(request.body) };
  const violationOf = mode.strict ? strictViolation : lenientViolation;
  const sorted: Sorted = { accepted: [], failed: [], verbs: 0 };
  for (const [index, { value, bytes }] of candidates.entries()) {
    const violation = violationOf(value, { ...base, eventBytes: bytes });
    const isEvent = isEventShaped(value);
    if (isEvent && identity === 'simplified' && isIdentityVerb(value)) sorted.verbs += 1;
    else if (violation !== undefined)
      sorted.failed.push({ index, insert_id: insertIdOf(value), ...violation });
    else if (isEvent) sorted.accepted.push(mode.strict ? value : withInsertId(value));
  }
  return sorted;
}

/** A missing id is generated without `strict=1`, so such an event is never a duplicate. */
function withInsertId(event: ImportEvent): ImportEvent {
  event.properties.$insert_id ??= randomUUID();
  return event;
}

function insertIdOf(value: unknown): string {
  if (!isObject(value) || !isObject(value.properties)) return '';
  const { $insert_id: insertId } = value.properties;
  return typeof insertId === 'string' ? insertId : '';
}

/** @returns a reply when there is no room */
function store(events: readonly ImportEvent[], callerIp: string, project: Project): Reply | undefined {
  const kept = events.filter(({ properties }) => !('$ignore' in properties));
  try {
    project.events.add(kept, callerIp);
  } catch (error) {
    if (error instanceof SimulatorError) return serverErrorReply(507, error.message);
    throw error;
  }
  project.stats.accepted += events.length;
  project.stats.ignored += events.length - kept.length;
  return undefined;
}
