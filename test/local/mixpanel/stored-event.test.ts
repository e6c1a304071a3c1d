import { describe, expect, it } from 'vitest';
import { dedupeKey, storedEvent } from '../../../local/mixpanel/stored-event.ts';
import { sampleEvent } from './requests.ts';

const simplified = { identity: 'simplified', callerIp: '192.0.2.1' } as const;
const original = { ...simplified, identity: 'original' } as const;

describe('distinct_id', () => {
  it.each([
    ['the user', { $user_id: 'u', $device_id: 'd', distinct_id: 'x' }, 'u'],
    ['else the device', { $device_id: 'd', distinct_id: 'x' }, '$device:d'],
    ['the device with one prefix only', { $device_id: '$device:d' }, '$device:d'],
    ['else what was sent', { distinct_id: 'x' }, 'x'],
    ['the device when the user is empty', { $user_id: '', $device_id: 'd' }, '$device:d'],
    ['empty when sent empty', { distinct_id: '' }, ''],
  ])('is %s in a simplified project', (_, ids, expected) => {
    const event = { event: 'a', properties: { time: 1, ...ids } };
    expect(storedEvent(event, simplified).properties.distinct_id).toBe(expected);
  });

  it('is what was sent in an original project', () => {
    const event = sampleEvent(1, { $user_id: 'u', distinct_id: 'x' });
    expect(storedEvent(event, original).properties.distinct_id).toBe('x');
  });

  it('is a hash of the caller when nobody is named', () => {
    const event = sampleEvent(1, { distinct_id: undefined });
    const elsewhere = { ...simplified, callerIp: '192.0.2.2' };
    expect(dedupeKey(event, simplified)).toBe(dedupeKey(event, simplified));
    expect(dedupeKey(event, simplified)).not.toBe(dedupeKey(event, elsewhere));
  });
});

it('keeps time in milliseconds', () => {
  const stored = storedEvent(sampleEvent(1, { time: 1_700_000_000 }), simplified);
  expect(stored.properties.time).toBe(1_700_000_000_000);
});

it('cuts strings and names after 255 characters, at any depth, and never half a character', () => {
  const long = '😀'.repeat(300);
  const cut = '😀'.repeat(255);
  const { properties } = storedEvent(sampleEvent(1, { a: long, list: [{ [long]: long }] }), simplified);
  expect(properties).toMatchObject({ a: cut, list: [{ [cut]: cut }] });
});
