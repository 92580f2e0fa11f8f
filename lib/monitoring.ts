import { Duration } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Alarms, type WatchedParts } from './alarms.ts';
import { OperationsDashboard } from './operations-dashboard.ts';

/** Address of docs/operate/runbook.md. A fork must change it to its own repository. */
export const RUNBOOK_URL = 'https://github.com/ocr-courier/ocr-courier/blob/main/docs/operate/runbook.md';

/** Options for the dashboard and the alarms. */
export interface MonitoringOptions {
  /**
   * Whether to create the dashboard and the twelve alarms. They cost about 5 US dollars per month.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * SNS topic notified when an alarm fires and when it clears.
   *
   * @default - no notifications
   */
  readonly alarmTopic?: ITopic;
  /**
   * Alarm when the 90th-percentile time to result exceeds this. Time counts from the submission.
   *
   * @default Duration.minutes(10)
   */
  readonly timeToResult?: Duration;
  /**
   * URL of your copy of the runbook. Each alarm's description ends with a link to a section there.
   *
   * @default - the runbook in the project's public repository
   */
  readonly runbookUrl?: string;
}

export interface MonitoringProps extends WatchedParts, Omit<MonitoringOptions, 'enabled'> {}

/** The dashboard and the alarms of a courier. */
export class Monitoring extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { alarmTopic: topic, timeToResult = Duration.minutes(10), ...parts } = props;
    const { runbookUrl = RUNBOOK_URL } = props;
    this.dashboard = new OperationsDashboard(this, 'Operations', { ...parts, runbookUrl }).dashboard;
    new Alarms(this, 'Alarms', { ...parts, topic, timeToResult, runbookUrl });
  }
}
