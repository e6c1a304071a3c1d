import { createHash } from 'node:crypto';
import type { IdentitySystem, ImportEvent } from './import-event.ts';
import { documentedLimits } from './limits.ts';
import { toMilliseconds } from './rules/time.ts';

/** What storing an event depends on besides the event. */
export interface StoreContext {
  readonly identity: IdentitySystem;
  /** Stands in for a missing identity, hashed. */
  readonly callerIp: string;
}

/**
 * The event as a query would see it: time in milliseconds, `distinct_id` as the project computes it,
 * strings and names over 255 characters cut. All else stays as sent; there is no geolocation.
 */
export function storedEvent({ event, properties }: ImportEvent, context: StoreContext): ImportEvent {
  const stored = truncatedEntries(properties);
  stored.distinct_id = truncated(distinctIdOf(properties, context));
  stored.time = timeMsOf(properties);
  return { event: truncated(event), properties: stored };
}

/** Events with the same key are one event to a query: name, `distinct_id`, time and `$insert_id`. */
export function dedupeKey({ event, properties }: ImportEvent, context: StoreContext): string {
  const distinctId = truncated(distinctIdOf(properties, context));
  return [truncated(event), distinctId, timeMsOf(properties), properties.$insert_id].join('\u0000');
}

function timeMsOf(properties: ImportEvent['properties']): number {
  return toMilliseconds(Number(properties.time));
}

/** Simplified projects compute it from `$user_id`, else `$device_id`, and override what was sent. */
function distinctIdOf(properties: ImportEvent['properties'], context: StoreContext): string {
  if (context.identity === 'simplified') {
    const { $user_id: userId, $device_id: deviceId } = properties;
    if (isId(userId)) return String(userId);
    if (isId(deviceId)) return `$device:${String(deviceId).replace(/^\$device:/, '')}`;
  }
  const { distinct_id: distinctId } = properties;
  if (distinctId !== undefined && distinctId !== null) return String(distinctId);
  return createHash('sha1').update(context.callerIp).digest('hex');
}

function isId(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function truncatedEntries(properties: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [truncated(name), truncatedValue(value)]),
  );
}

function truncatedValue(value: unknown): unknown {
  if (typeof value === 'string') return truncated(value);
  if (Array.isArray(value)) return value.map(truncatedValue);
  return typeof value === 'object' && value !== null ? truncatedEntries(value) : value;
}

/** Characters or bytes is a conflict of the documentation; characters (code points) here. */
function truncated(text: string): string {
  if (text.length <= documentedLimits.stringCharactersMax) return text;
  return Array.from(text).slice(0, documentedLimits.stringCharactersMax).join('');
}
