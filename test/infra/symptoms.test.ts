import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import { SYMPTOMS } from '../../lib/tune/symptoms.ts';
import { done, planned } from '../ledger/receipts.ts';
import { synthesize } from './synthesize.ts';

const { template } = synthesize();

const alarmResources = template.findResources('AWS::CloudWatch::Alarm');
const alarms = Object.keys(alarmResources).map((id) => /^Monitoring(\w+)[0-9A-F]{8}$/.exec(id)![1]!);
const watched = Object.values(alarmResources).map(({ Properties }): string => Properties.MetricName);

/** The dashboard's body, with what CloudFormation puts in between taken out. */
const dashboard = Object.values(template.findResources('AWS::CloudWatch::Dashboard'))
  .flatMap(({ Properties }): unknown[] => Properties.DashboardBody['Fn::Join'][1])
  .filter((part) => typeof part === 'string')
  .join('');

const measured = ['telemetry', 'governor']
  .map((name) => readFileSync(new URL(`../../functions/${name}.ts`, import.meta.url), 'utf8'))
  .join('\n');

const report = foldReceipts(undefined, [planned(1), done(0)]);

const namesOf = (kind: 'alarms' | 'metrics' | 'report'): string[] => [
  ...new Set(SYMPTOMS.flatMap((symptom) => symptom[kind])),
];

const metricsOf = (namespace: string): string[] => [
  ...new Set([...dashboard.matchAll(new RegExp(`"${namespace}","(\\w+)"`, 'g'))].map(([, name]) => name!)),
];
const ofOurs = metricsOf('MixpanelFanout');
const shown = [...ofOurs, ...metricsOf('AWS/\\w+')];

describe('a symptom to tune by', () => {
  it.each(SYMPTOMS)('shows in an alarm or a metric: $symptom', ({ alarms: rung, metrics }) => {
    expect(rung.length + metrics.length).toBeGreaterThan(0);
  });

  it.each(namesOf('alarms'))('names an alarm of the stack: %s', (name) => {
    expect(alarms).toContain(name);
  });

  it('leaves no alarm of the stack out', () => {
    expect(alarms.filter((name) => !namesOf('alarms').includes(name))).toEqual([]);
  });

  it.each(namesOf('metrics'))('names a metric of the dashboard, or of an alarm: %s', (name) => {
    expect([...shown, ...watched]).toContain(name);
  });

  it('leaves no metric of ours on the dashboard out', () => {
    expect(ofOurs).toContain('ChoppyShare');
    expect(ofOurs.filter((name) => !namesOf('metrics').includes(name))).toEqual([]);
  });

  it.each(ofOurs)('is shown by what a function measures: %s', (name) => {
    expect(measured).toContain(`addMetric('${name}'`);
  });

  it.each(namesOf('report'))('names a field of the report: %s', (path) => {
    const field = path
      .split('.')
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], report);
    expect(field).toBeDefined();
  });
});
