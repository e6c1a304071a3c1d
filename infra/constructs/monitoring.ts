import { Construct } from 'constructs';
import type { GovernorSettings } from '../../lib/tune/governor-state.ts';
import { addAlarms } from './alarms.ts';
import { addDashboard } from './dashboard.ts';
import type { FanOut } from './fan-out.ts';
import type { Governor } from './governor.ts';
import type { Intake } from './intake.ts';
import type { Ledger } from './ledger.ts';

export interface MonitoringProps {
  readonly intake: Intake;
  readonly fanOut: FanOut;
  readonly ledger: Ledger;
  /** Absent where the deployment does without. */
  readonly governor: Governor | undefined;
  /** Of the project at Mixpanel. */
  readonly quota: Pick<GovernorSettings, 'eventsPerSecondMax' | 'bytesPerMinuteMax'>;
}

/** One dashboard and the alarms of docs/runbook.md. */
export class Monitoring extends Construct {
  readonly dashboardUrl: string;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const alarms = addAlarms(this, props);
    this.dashboardUrl = addDashboard(this, props, alarms);
  }
}
