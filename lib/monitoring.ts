import { Duration, Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Alarms, type WatchedParts } from './alarms.ts';
import { OperationsDashboard } from './operations-dashboard.ts';

/** Options for the dashboard and the alarms. */
export interface MonitoringOptions {
  /**
   * Whether to create the dashboard and the alarms. They cost about 5 US dollars per month.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * SNS topic notified when an alarm fires and when it clears. If a key of this app encrypts the
   * topic, CloudWatch may use the key. The policy of an imported key must allow that already:
   * docs/operate/deploy.md.
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
   * Alarm when this percentage of a batch's items, or more, does not end as Completed. A batch of
   * images that Aspose cannot read has such items, too.
   *
   * @default 50
   */
  readonly batchFailurePercentage?: number;
  /**
   * URL of your copy of docs/operate/runbook.md. Each alarm's description ends with a link to its
   * section there.
   *
   * @default - the descriptions link to the courier's dashboard in the AWS console
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
    const { batchFailurePercentage = 50, runbookUrl } = props;
    this.dashboard = new OperationsDashboard(this, 'Operations', { ...parts, runbookUrl }).dashboard;
    const linkTo = (section: string) =>
      runbookUrl === undefined ? this.dashboardUrl() : `${runbookUrl}#${section}`;
    new Alarms(this, 'Alarms', { ...parts, topic, timeToResult, batchFailurePercentage, linkTo });
  }

  /** The dashboard's address in the console of the partition `aws`. */
  private dashboardUrl(): string {
    const { region } = Stack.of(this);
    const page = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
    return `${page}#dashboards/dashboard/${this.dashboard.dashboardName}`;
  }
}
