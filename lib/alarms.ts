import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  AlarmRule,
  ComparisonOperator,
  CompositeAlarm,
  type CreateAlarmOptions,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { LineDelivery } from './analysis/line-delivery.ts';
import type { CourierMetrics } from './courier-metrics.ts';
import { uniqueName } from './unique-name.ts';

/** The parts of a courier that the alarms and the dashboard watch. */
export interface WatchedParts {
  readonly metrics: CourierMetrics;
  readonly collectResult: StateMachine;
  readonly recognizeImage: StateMachine;
  readonly submitImage: IFunction;
  readonly fetchResult: IFunction;
  readonly closeTask: IFunction;
  readonly collectChunk: IFunction;
  readonly closeBatch: IFunction;
  readonly api: HttpApi;
  readonly refusedSubmissions: IQueue;
  readonly failedStarts: IQueue;
  readonly unclosedTasks: IQueue;
  /** Undefined when analysis is off. */
  readonly lineDelivery: LineDelivery | undefined;
}

export interface AlarmsProps extends WatchedParts {
  /** Alarm when the 90th-percentile time to result exceeds this. */
  readonly timeToResult: Duration;
  /** Alarm when this percentage of a batch's items, or more, does not end as Completed. */
  readonly batchFailurePercentage: number;
  /** SNS topic notified when an alarm fires and when it clears. */
  readonly topic: ITopic | undefined;
  /** The link at the end of an alarm's description, by the alarm's id. */
  readonly linkTo: (section: string) => string;
}

interface Watch extends Partial<CreateAlarmOptions> {
  readonly metric: IMetric;
  readonly text: AlarmText;
}

/** What the person who receives an alarm needs to know first: one sentence each. */
interface AlarmText {
  readonly happened: string;
  readonly effect: string;
  readonly next: string;
}

/** One data point at or above the threshold fires an alarm. CDK's metrics cover 5 minutes each. */
const DEFAULTS = {
  threshold: 1,
  evaluationPeriods: 1,
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  treatMissingData: TreatMissingData.NOT_BREACHING,
};

/** CloudWatch's limit, in characters. */
const MAX_ALARM_NAME_LENGTH = 255;

const FIFTEEN_MINUTES = Duration.minutes(15);

/** The alarms of a courier. The id of each one is also its heading in docs/operate/runbook.md. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { metrics, fetchResult, closeTask, collectChunk, closeBatch, api } = props;
    const { refusedSubmissions, failedStarts, unclosedTasks, lineDelivery } = props;
    const { timeToResult, batchFailurePercentage, topic, linkTo } = props;
    const describe = ({ happened, effect, next }: AlarmText, section: string) =>
      `${happened} ${effect} Next: ${next} See ${linkTo(section)}`;
    if (topic?.masterKey !== undefined) allowAlarms(topic.masterKey, this);
    const notify = (alarm: Alarm | CompositeAlarm) => {
      if (topic === undefined) return;
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    };
    const addAlarm = (section: string, { text, ...watch }: Watch) => {
      const alarmDescription = describe(text, section);
      const alarm = new Alarm(this, section, { ...DEFAULTS, ...watch, alarmDescription });
      notify(alarm);
      return alarm;
    };

    const noResults = addAlarm('no-results', {
      text: {
        happened: `At least ${FEWEST_STARTED} executions started in each of the last two 15-minute periods, and none succeeded.`,
        effect: 'No results arrive.',
        next: 'check whether polling is paused and how Aspose responds.',
      },
      metric: noResultsMetric(props),
      evaluationPeriods: 2,
    });
    const failedExecutions = addAlarm('failed-executions', {
      text: {
        happened: '25 % or more of the executions that ended in the last 15 minutes failed.',
        effect: 'Their tasks or images have no result.',
        next: 'count these tasks and images by reason.',
      },
      metric: failedExecutionsMetric(props),
      threshold: 25,
    });
    const credentialsRejected = addAlarm('credentials-rejected', {
      text: {
        happened: 'Aspose rejected the credentials, or their secret cannot be read.',
        effect:
          'Each task fails at its next poll, each image is refused, and repeated attempts can lock the account.',
        next: 'pause polling, then correct the secret.',
      },
      metric: sumOf('tasks and images without usable credentials', [
        metrics.tasksEndedBecauseOf('CredentialsRejected'),
        metrics.tasksEndedBecauseOf('CredentialsUnreadable'),
        metrics.imagesRefusedBecauseOf('CredentialsRejected'),
        metrics.imagesRefusedBecauseOf('CredentialsUnreadable'),
      ]),
    });
    const quotaExceeded = addAlarm('quota-exceeded', {
      text: {
        happened: 'Aspose refused a request because the quota of the account is used up.',
        effect: 'Each task fails at its next poll, and each image is refused.',
        next: 'pause polling, then raise the quota.',
      },
      metric: sumOf('tasks and images beyond the quota', [
        metrics.tasksEndedBecauseOf('QuotaExceeded'),
        metrics.imagesRefusedBecauseOf('QuotaExceeded'),
      ]),
    });
    addAlarm('internal-errors', {
      text: {
        happened: 'A task or an image failed because of a fault in AWS or ocr-courier.',
        effect: 'Its result was not collected.',
        next: 'fix the cause, then recollect the task while Aspose keeps its result, or recognize the image again.',
      },
      metric: sumOf('tasks and images that failed internally', [
        metrics.tasksEndedBecauseOf('InternalError'),
        metrics.imagesRefusedBecauseOf('InternalError'),
      ]),
    });
    addAlarm('refused-images', {
      text: {
        happened: 'At least five images were refused within five minutes.',
        effect: 'They have no result.',
        next: 'count the refused images by reason.',
      },
      metric: metrics.byService('imagesRefused'),
      // Now and then, someone uploads a file that is no image.
      threshold: 5,
    });
    addAlarm('ambiguous-uploads', {
      text: {
        happened: 'An upload to Aspose ended without a usable response.',
        effect: 'The image is uploaded again, so Aspose may recognize and bill it twice.',
        next: 'check whether Aspose is slow or fails.',
      },
      metric: metrics.byService('ambiguousUploads'),
    });
    addAlarm('time-to-result', {
      text: {
        happened: `One in ten tasks, or more, took longer than ${timeToResult.toHumanString()} to end.`,
        effect: 'Results arrive late.',
        next: 'check whether Aspose is slow or the fetch-result function is throttled.',
      },
      // One long period: with few tasks, no task may end in a shorter one.
      metric: metrics.byService('timeToResult', { statistic: Stats.percentile(90), period: FIFTEEN_MINUTES }),
      threshold: timeToResult.toSeconds(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    });
    addAlarm('tasks-near-expiry', {
      text: {
        happened: 'A task has no result yet, and Aspose deletes its result within two hours.',
        effect: 'A result that is not collected by then is lost.',
        next: 'check whether polling is paused, then list these tasks.',
      },
      metric: metrics.byService('tasksNearExpiry'),
      // Polls of an old task can be over an hour apart: one keeps the alarm on for two hours.
      evaluationPeriods: 24,
      datapointsToAlarm: 1,
    });
    addAlarm('close-task-errors', {
      text: {
        happened: 'An execution ended abnormally, and the close-task function failed to close its task.',
        effect: 'The terminal event of the task is late. Lambda retries twice.',
        next: 'read the errors in the log of close-task.',
      },
      metric: closeTask.metricErrors(),
    });
    addAlarm('swept-tasks', {
      text: {
        happened: 'The sweep closed tasks whose execution had ended without closing them.',
        effect: 'Their terminal events were up to 30 minutes late.',
        next: 'find out why the executions ended.',
      },
      metric: metrics.byService('tasksSwept'),
    });
    addAlarm('unclosed-tasks', {
      text: {
        happened: 'The unclosed-tasks queue has messages.',
        effect: 'Their tasks may have no terminal event, so subscribers still wait.',
        next: 'fix the cause, then redrive the queue.',
      },
      metric: unclosedTasks.metricApproximateNumberOfMessagesVisible(),
    });
    addAlarm('failed-batches', {
      text: {
        happened: `At least ${batchFailurePercentage} % of the items of a batch did not end as Completed.`,
        effect: 'They have no result.',
        next: "count the batch's items by outcome and reason.",
      },
      metric: metrics.byService('batchFailurePercentage', { statistic: Stats.MAXIMUM }),
      threshold: batchFailurePercentage,
    });
    addAlarm('chunk-errors', {
      text: {
        happened: '25 % or more of the invocations of collect-chunk in the last 15 minutes failed.',
        effect: 'Batches are late. Items of a chunk that fails seven times in a row have no result.',
        next: 'read the errors in the log of collect-chunk.',
      },
      metric: chunkErrorsMetric(collectChunk),
      threshold: 25,
    });
    addAlarm('close-batch-errors', {
      text: {
        happened: 'The close-batch function failed.',
        effect: 'A batch that has ended has no results and no event yet. The sweep tries again.',
        next: 'read the errors in the log of close-batch.',
      },
      metric: closeBatch.metricErrors(),
    });
    addAlarm('refused-submissions', {
      text: {
        happened: 'The refused-submissions queue has messages.',
        effect: 'These events started nothing.',
        next: 'read the reason in each message.',
      },
      metric: refusedSubmissions.metricApproximateNumberOfMessagesVisible(),
    });
    addAlarm('failed-starts', {
      text: {
        happened: 'The failed-starts queue has messages.',
        effect: 'For an hour, no execution could be started for these tasks and images.',
        next: 'fix the cause, then redrive the queue.',
      },
      metric: failedStarts.metricApproximateNumberOfMessagesVisible(),
    });
    addAlarm('api-errors', {
      text: {
        happened: 'The HTTP API returned five or more 5xx responses within five minutes.',
        effect: 'These calls failed.',
        next: 'read the errors in the log of task-api.',
      },
      metric: api.metricServerError(),
      // A single 5xx response can be a short AWS fault, which a retry by the caller resolves.
      threshold: 5,
    });
    addAlarm('fetch-throttled', {
      text: {
        happened: 'Lambda throttled the fetch-result function in each of the last three 5-minute periods.',
        effect: 'Polls are late. A task that stays throttled fails after about 12 hours.',
        next: 'compare the concurrency limit with its use.',
      },
      metric: fetchResult.metricThrottles(),
      evaluationPeriods: 3,
    });
    if (lineDelivery !== undefined) {
      addAlarm('missing-lines', {
        text: {
          happened:
            'Firehose has not delivered events for half an hour, or could not receive some for a day.',
          effect: 'Queries do not count these tasks and images. Their results are not affected.',
          next: 'read the errors in the log of Firehose.',
        },
        metric: missingLinesMetric(lineDelivery),
      });
    }

    const section = 'results-not-arriving';
    const text = {
      happened: 'One of no-results, credentials-rejected, quota-exceeded and failed-executions fired.',
      effect: 'Few or no results arrive.',
      next: 'follow the section of the alarm that fired.',
    };
    notify(
      new CompositeAlarm(this, section, {
        // CloudFormation names the other alarms. CDK names this one, without the stack's name.
        compositeAlarmName: `${uniqueName(this, MAX_ALARM_NAME_LENGTH - section.length - 1)}-${section}`,
        alarmRule: AlarmRule.anyOf(noResults, credentialsRejected, quotaExceeded, failedExecutions),
        alarmDescription: describe(text, section),
      }),
    );
  }
}

/**
 * Lets the alarms of this account publish to a topic that this key encrypts. CDK cannot change the
 * policy of an imported key: docs/operate/deploy.md says what its owner must add.
 */
function allowAlarms(key: IKey, scope: Construct): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
}

/** A few unreadable images among fewer executions would look like an outage. */
const FEWEST_STARTED = 5;

/** Both state machines, which end in the same ways. */
type StateMachines = Pick<WatchedParts, 'collectResult' | 'recognizeImage'>;

/** 1 when enough executions were started and none succeeded, otherwise 0. */
function noResultsMetric({ collectResult, recognizeImage }: StateMachines): MathExpression {
  const started = sumById('started', 2);
  const succeeded = sumById('succeeded', 2);
  return new MathExpression({
    expression: `IF(${started} >= ${FEWEST_STARTED} AND ${succeeded} == 0, 1, 0)`,
    usingMetrics: {
      started0: collectResult.metricStarted(),
      started1: recognizeImage.metricStarted(),
      succeeded0: collectResult.metricSucceeded(),
      succeeded1: recognizeImage.metricSucceeded(),
    },
    period: FIFTEEN_MINUTES,
    label: 'executions started, none succeeded',
  });
}

/** Percentage of ended executions that failed; 0 if fewer than ten ended, too few to judge by. */
function failedExecutionsMetric({ collectResult, recognizeImage }: StateMachines): MathExpression {
  const failed = sumById('failed', 4);
  const ended = `(${failed} + ${sumById('succeeded', 2)})`;
  return new MathExpression({
    expression: `IF(${ended} >= 10, 100 * ${failed} / ${ended}, 0)`,
    usingMetrics: {
      failed0: collectResult.metricFailed(),
      failed1: recognizeImage.metricFailed(),
      failed2: collectResult.metricTimedOut(),
      failed3: recognizeImage.metricTimedOut(),
      succeeded0: collectResult.metricSucceeded(),
      succeeded1: recognizeImage.metricSucceeded(),
    },
    period: FIFTEEN_MINUTES,
    label: 'failed executions (% of those that ended)',
  });
}

/** Percentage of invocations that failed; 0 if fewer than five were made, too few to judge by. */
function chunkErrorsMetric(collectChunk: IFunction): MathExpression {
  const [errors, invocations] = ['errors', 'invocations'].map(zeroIfMissing);
  return new MathExpression({
    expression: `IF(${invocations} >= 5, 100 * ${errors} / ${invocations}, 0)`,
    usingMetrics: {
      errors: collectChunk.metricErrors(),
      invocations: collectChunk.metricInvocations(),
    },
    period: FIFTEEN_MINUTES,
    label: 'failed invocations of collect-chunk (%)',
  });
}

/** Firehose delivers after five minutes. An event that waits for this long is stuck. */
const STUCK_SECONDS = 30 * 60;

/** 1 when events are stuck in Firehose or have not reached it, otherwise 0. */
function missingLinesMetric({ age, undelivered }: LineDelivery): MathExpression {
  return new MathExpression({
    expression: `IF(${zeroIfMissing('age')} > ${STUCK_SECONDS} OR ${zeroIfMissing('undelivered')} > 0, 1, 0)`,
    usingMetrics: { age, undelivered: undelivered.metricApproximateNumberOfMessagesVisible() },
    label: 'events without lines',
  });
}

/** The sum of metrics that may be missing. */
function sumOf(label: string, summands: readonly IMetric[]): MathExpression {
  const usingMetrics = Object.fromEntries(summands.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({ expression: sumById('m', summands.length), usingMetrics, label });
}

/** The sum of the metrics with the ids `<name>0`, `<name>1` and so on. */
function sumById(name: string, count: number): string {
  const summands = Array.from({ length: count }, (_, index) => zeroIfMissing(`${name}${index}`));
  return `(${summands.join(' + ')})`;
}

/**
 * CloudWatch emits no data point for an idle period, and math on a missing point yields none, so
 * the alarm would never fire.
 */
function zeroIfMissing(metricId: string): string {
  return `FILL(${metricId}, 0)`;
}
