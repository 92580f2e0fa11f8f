import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { CourierMetrics } from './courier-metrics.ts';

/** The parts of a courier that are watched. */
export interface WatchedParts {
  readonly metrics: CourierMetrics;
  readonly stateMachine: StateMachine;
  readonly fetchResult: IFunction;
  readonly closeTask: IFunction;
  readonly api: HttpApi;
  readonly refusedSubmissions: IQueue;
  readonly unclosedTasks: IQueue;
}

export interface AlarmsProps extends WatchedParts {
  /** Above this, nine results of ten do not come in time. */
  readonly timeToResult: Duration;
  readonly topic: ITopic | undefined;
  /** Where the runbook is to be read; each alarm's description leads to its section there. */
  readonly runbookUrl: string;
}

interface Watch {
  readonly metric: IMetric;
  /** What it means when it rings, in one sentence. */
  readonly means: string;
  /** @default 1 */
  readonly threshold?: number;
  /** @default - at the threshold, too */
  readonly comparisonOperator?: ComparisonOperator;
  /** In how many periods in a row. @default 1 */
  readonly periods?: number;
  /** Instead: once in so many periods is enough, and it rings for as long. */
  readonly onceInPeriods?: number;
}

const FIVE_MINUTES = Duration.minutes(5);
const QUARTER_HOUR = Duration.minutes(15);

/** The alarms of a courier: each has a section in docs/runbook.md under its id. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { topic, runbookUrl } = props;
    const describe = (means: string, section: string) => `${means} What to do: ${runbookUrl}#${section}`;
    const notify = (alarm: Alarm | CompositeAlarm) => {
      if (topic === undefined) return;
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    };

    const alarms = new Map<string, Alarm>();
    for (const [section, watch] of Object.entries(watches(props))) {
      const { metric, means, threshold = 1, periods = 1, onceInPeriods, comparisonOperator } = watch;
      const alarm = new Alarm(this, section, {
        metric,
        threshold,
        evaluationPeriods: onceInPeriods ?? periods,
        datapointsToAlarm: onceInPeriods === undefined ? periods : 1,
        comparisonOperator: comparisonOperator ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: describe(means, section),
      });
      notify(alarm);
      alarms.set(section, alarm);
    }

    const section = 'results-not-arriving';
    const rings = (name: string) => {
      const alarm = alarms.get(name);
      if (alarm === undefined) throw new RangeError(`There is no alarm ${name}.`);
      return AlarmRule.fromAlarm(alarm, AlarmState.ALARM);
    };
    notify(
      new CompositeAlarm(this, section, {
        alarmRule: AlarmRule.anyOf(
          rings('no-results'),
          rings('credentials-rejected'),
          rings('failed-executions'),
        ),
        alarmDescription: describe('Results are not arriving.', section),
      }),
    );
  }
}

/**
 * Of a period in which nothing was counted there is no data point, and an expression with a missing
 * one has none either: where nothing succeeds, nothing would ever ring.
 */
function zeroIfMissing(metricId: string): string {
  return `FILL(${metricId}, 0)`;
}

function watches(parts: AlarmsProps): Record<string, Watch> {
  const { metrics, stateMachine, fetchResult, closeTask, api, refusedSubmissions, unclosedTasks } = parts;
  const { timeToResult } = parts;
  const sum = { statistic: Stats.SUM, period: QUARTER_HOUR };
  const failed = stateMachine.metricFailed(sum);
  const timedOut = stateMachine.metricTimedOut(sum);
  const succeeded = stateMachine.metricSucceeded(sum);
  const started = stateMachine.metricStarted(sum);
  const ended = ['failed', 'timedOut', 'succeeded'].map(zeroIfMissing).join(' + ');
  const waiting = (queue: IQueue) =>
    queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES });

  return {
    'failed-executions': {
      // A task that fails at Aspose fails its execution, too: some do, most do not.
      metric: new MathExpression({
        expression: `IF(${ended} >= 10, 100 * (${zeroIfMissing('failed')} + ${zeroIfMissing('timedOut')}) / (${ended}), 0)`,
        usingMetrics: { failed, timedOut, succeeded },
        period: QUARTER_HOUR,
        label: 'failed executions of those that ended (%)',
      }),
      threshold: 25,
      means: 'A quarter of the executions, or more, end without a result.',
    },
    'no-results': {
      metric: new MathExpression({
        expression: `IF(${zeroIfMissing('started')} > 0 AND ${zeroIfMissing('succeeded')} == 0, 1, 0)`,
        usingMetrics: { started, succeeded },
        period: QUARTER_HOUR,
        label: 'started, but none completed',
      }),
      periods: 2,
      means: 'Tasks are started, but for half an hour none has completed.',
    },
    'internal-errors': {
      metric: metrics.tasksEndedBecauseOf('InternalError'),
      means: 'A task ended through a fault of ours or of AWS.',
    },
    'credentials-rejected': {
      metric: metrics.tasksEndedBecauseOf('CredentialsRejected'),
      means: 'Aspose does not accept the credentials.',
    },
    'time-to-result': {
      // One long period: of three short ones in a row, a courier with few tasks would have none
      // that ended in each.
      metric: metrics.of('timeToResult', { statistic: Stats.percentile(90), period: QUARTER_HOUR }),
      threshold: timeToResult.toSeconds(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      means: `One task of ten, or more, takes longer than ${timeToResult.toHumanString()} to its end.`,
    },
    'tasks-near-expiry': {
      metric: metrics.of('tasksNearExpiry', { period: FIVE_MINUTES }),
      // Its polls may be more than an hour apart, and it is near its end in between, too.
      onceInPeriods: 24,
      means: 'A task has no result yet, and Aspose keeps it for two more hours at most.',
    },
    'close-task-errors': {
      metric: closeTask.metricErrors({ statistic: Stats.SUM, period: FIVE_MINUTES }),
      means: 'An execution ended abnormally, and closing its task failed; it is tried again twice.',
    },
    'unclosed-tasks': {
      metric: waiting(unclosedTasks),
      means: 'The ends of executions lie in the dead-letter queue: their tasks have no terminal event.',
    },
    'refused-submissions': {
      metric: waiting(refusedSubmissions),
      means: 'Events that should have started collections lie in the dead-letter queue.',
    },
    'api-errors': {
      metric: api.metricServerError({ statistic: Stats.SUM, period: FIVE_MINUTES }),
      // One may be a hiccup of AWS, which the caller repeats.
      threshold: 5,
      means: 'The HTTP API answers with 5xx.',
    },
    'fetch-throttled': {
      metric: fetchResult.metricThrottles({ statistic: Stats.SUM, period: FIVE_MINUTES }),
      periods: 3,
      means: 'More tasks are polled at once than Lambda may run; those that wait for half a day fail.',
    },
  };
}
