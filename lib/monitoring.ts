import { Duration } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Alarms, type WatchedParts } from './alarms.ts';
import { OperationsDashboard } from './operations-dashboard.ts';

/** What an owner may configure of the monitoring. */
export interface MonitoringOptions {
  /**
   * Whether there is any: twelve alarms and a dashboard cost about 5 US dollars a month.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Is told when an alarm starts and when it ends.
   *
   * @default - nobody is told
   */
  readonly alarmTopic?: ITopic;
  /**
   * The time from submission to end that nine tasks of ten should keep to.
   *
   * @default Duration.minutes(10)
   */
  readonly timeToResult?: Duration;
  /**
   * Where the owner's people read the runbook: the alarms' descriptions lead there.
   *
   * @default docs/runbook.md
   */
  readonly runbookUrl?: string;
}

export interface MonitoringProps extends WatchedParts, Omit<MonitoringOptions, 'enabled'> {}

/** What tells an operator how a courier is doing. */
export class Monitoring extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const {
      alarmTopic: topic,
      timeToResult = Duration.minutes(10),
      runbookUrl = 'docs/runbook.md',
      ...parts
    } = props;
    this.dashboard = new OperationsDashboard(this, 'Operations', parts).dashboard;
    new Alarms(this, 'Alarms', { ...parts, topic, timeToResult, runbookUrl });
  }
}
