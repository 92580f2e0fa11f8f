import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { OUTCOME_NAMES, REASONS } from '../functions/contracts/outcomes.ts';
import type { WatchedParts } from './alarms.ts';
import { PRICES_AS_OF, USD_PER } from './aws-prices.ts';
import { FETCH_RESULT_MEMORY } from './polling-workflow.ts';

const FULL_WIDTH = 24;
const PERIOD = Duration.minutes(5);

/** One page for an operator: are results arriving, how late, at what cost, what fails and why. */
export class OperationsDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, parts: WatchedParts) {
    super(scope, id);
    const { metrics, stateMachine, fetchResult, closeTask, api, refusedSubmissions, unclosedTasks } = parts;
    const sum = { statistic: Stats.SUM, period: PERIOD };
    const percentile = (percent: number) =>
      metrics.of('timeToResult', { statistic: Stats.percentile(percent), label: `p${percent}` });

    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(3) });
    this.dashboard.addWidgets(heading('Are results arriving?'));
    this.dashboard.addWidgets(
      graph('Tasks started', [
        stateMachine.metricStarted({ ...sum, label: 'started' }),
        metrics.of('pollsPaused', { label: 'polls paused' }),
      ]),
      graph(
        'Tasks ended, by outcome',
        OUTCOME_NAMES.map((outcome) => metrics.tasksEndedWith(outcome)),
      ),
    );
    this.dashboard.addWidgets(heading('How late?'));
    this.dashboard.addWidgets(
      graph('Time to result (s)', [percentile(50), percentile(90), percentile(99)]),
      graph('Near expiry, without a result', [metrics.of('tasksNearExpiry', { label: 'polls' })]),
    );
    this.dashboard.addWidgets(heading(`At what cost? (list prices, us-east-1, ${PRICES_AS_OF})`));
    this.dashboard.addWidgets(
      graph('Polls per task', [
        metrics.of('pollsPerTask', { statistic: Stats.AVERAGE, label: 'average' }),
        metrics.of('pollsPerTask', { statistic: Stats.MAXIMUM, label: 'most' }),
      ]),
      graph('US dollars an hour: state transitions and Lambda, the greater part', [
        new MathExpression({
          expression: `(invocations * ${perMillion(USD_PER_INVOCATION)} + milliseconds * ${perMillion(USD_PER_MILLISECOND)}) / 1000000`,
          usingMetrics: {
            invocations: fetchResult.metricInvocations({ ...sum, period: Duration.hours(1) }),
            milliseconds: fetchResult.metricDuration({ ...sum, period: Duration.hours(1) }),
          },
          period: Duration.hours(1),
          label: 'USD',
        }),
      ]),
    );
    this.dashboard.addWidgets(heading('What fails, and why?'));
    this.dashboard.addWidgets(
      graph(
        'Tasks ended, by reason',
        REASONS.map((reason) => metrics.tasksEndedBecauseOf(reason)),
      ),
      graph('Executions', [
        stateMachine.metricFailed({ ...sum, label: 'failed' }),
        stateMachine.metricTimedOut({ ...sum, label: 'timed out' }),
        stateMachine.metricAborted({ ...sum, label: 'stopped' }),
      ]),
    );
    this.dashboard.addWidgets(
      graph('Functions and HTTP API', [
        fetchResult.metricErrors({ ...sum, label: 'fetch-result: errors' }),
        fetchResult.metricThrottles({ ...sum, label: 'fetch-result: throttled' }),
        closeTask.metricErrors({ ...sum, label: 'close-task: errors' }),
        api.metricServerError({ ...sum, label: 'HTTP API: 5xx' }),
      ]),
      graph('Dead-letter queues', [
        unclosedTasks.metricApproximateNumberOfMessagesVisible({ label: 'unclosed tasks' }),
        refusedSubmissions.metricApproximateNumberOfMessagesVisible({ label: 'refused submissions' }),
      ]),
    );
  }
}

/** Each invocation is one round of the state machine: fetch, choose, and wait or publish. */
const USD_PER_INVOCATION = 3 * USD_PER.stateTransition + USD_PER.lambdaRequest;
const USD_PER_MILLISECOND =
  ((FETCH_RESULT_MEMORY.toMebibytes() / 1024) * USD_PER.lambdaGigabyteSecond) / 1000;

/** CloudWatch's expressions take no exponents. */
function perMillion(usd: number): string {
  return (usd * 1_000_000).toFixed(6);
}

function heading(question: string): TextWidget {
  return new TextWidget({ markdown: `## ${question}`, width: FULL_WIDTH, height: 1 });
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: FULL_WIDTH / 2, leftYAxis: { min: 0, showUnits: false } });
}
