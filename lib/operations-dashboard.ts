import { Duration, type Size } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { CHUNK_ITEMS } from '../functions/contracts/batch-input.ts';
import { BATCH_OUTCOMES } from '../functions/contracts/batch-record.ts';
import { REFUSAL_REASONS } from '../functions/contracts/image-record.ts';
import { OUTCOME_NAMES, REASONS } from '../functions/contracts/outcomes.ts';
import type { WatchedParts } from './alarms.ts';
import { COLLECT_CHUNK_MEMORY } from './collect-chunk-function.ts';
import { FETCH_RESULT_MEMORY } from './fetch-result-function.ts';
import { SUBMIT_IMAGE_MEMORY } from './submit-image-function.ts';

const FULL_WIDTH = 24;

export interface OperationsDashboardProps extends WatchedParts {
  /** URL of the runbook page, linked from the dashboard; undefined if none is configured. */
  readonly runbookUrl: string | undefined;
}

/** The dashboard: whether results arrive, how late, at what cost, and what fails and why. */
export class OperationsDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: OperationsDashboardProps) {
    super(scope, id);
    const { metrics, collectResult, recognizeImage, submitImage, fetchResult, closeTask, api } = props;
    const { collectChunk, closeBatch } = props;
    const { refusedSubmissions, failedStarts, unclosedTasks, runbookUrl } = props;
    const runbook = runbookUrl === undefined ? 'docs/operate/runbook.md' : `[runbook](${runbookUrl})`;
    const percentile = (percent: number) =>
      metrics.byService('timeToResult', { statistic: Stats.percentile(percent), label: `p${percent}` });

    this.dashboard = new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      widgets: [
        [
          heading(
            'Are results arriving?',
            'Each execution collects one task or recognizes one image. Each ends with one outcome.',
          ),
        ],
        [
          graph('Executions started', [
            collectResult.metricStarted({ label: 'tasks' }),
            recognizeImage.metricStarted({ label: 'images' }),
            metrics.byService('pollsPaused', { label: 'polls skipped while polling is paused' }),
          ]),
          graph(
            'Tasks ended, by outcome',
            OUTCOME_NAMES.map((outcome) => metrics.tasksEndedWith(outcome)),
          ),
        ],
        [heading('Are images submitted?', 'Each upload to Aspose may be billed, also a repeated one.')],
        [
          graph('Uploads to Aspose', [
            metrics.byService('uploads', { label: 'uploads' }),
            metrics.byService('ambiguousUploads', { label: 'without a usable response' }),
          ]),
          graph(
            'Images refused, by reason',
            REFUSAL_REASONS.map((reason) => metrics.imagesRefusedBecauseOf(reason)),
          ),
        ],
        [
          heading(
            'Are batches processed?',
            `Tasks of batches also count as tasks. An invocation of collect-chunk works on up to ${CHUNK_ITEMS} items.`,
          ),
        ],
        [
          graph(
            'Batches ended, by outcome',
            BATCH_OUTCOMES.map((outcome) => metrics.batchesEndedWith(outcome)),
          ),
          graph('Items of a batch that did not end as Completed (%)', [
            metrics.byService('batchFailurePercentage', { statistic: Stats.AVERAGE, label: 'average batch' }),
            metrics.byService('batchFailurePercentage', { statistic: Stats.MAXIMUM, label: 'worst batch' }),
          ]),
        ],
        [
          graph('Chunks in progress', [
            collectChunk.metric('ConcurrentExecutions', {
              statistic: Stats.MAXIMUM,
              label: 'concurrent invocations of collect-chunk',
            }),
            collectChunk.metricThrottles({ label: 'collect-chunk: throttled invocations' }),
          ]),
          graph('Duration of collect-chunk (ms)', [
            collectChunk.metricDuration({ statistic: Stats.AVERAGE, label: 'average' }),
            collectChunk.metricDuration({ statistic: Stats.MAXIMUM, label: 'maximum' }),
          ]),
        ],
        [heading('How late?', 'Aspose deletes a result 24 hours after the submission of its image.')],
        [
          graph('Time to result (s)', [percentile(50), percentile(90), percentile(99)]),
          graph('Polls of unfinished tasks in their last two hours', [
            metrics.byService('tasksNearExpiry', { label: 'polls near expiry' }),
          ]),
        ],
        [
          heading(
            'At what cost?',
            'AWS list prices in us-east-1, 2026-11. Step Functions and Lambda are most of the cost on AWS.',
          ),
        ],
        [
          graph('Polls per task', [
            metrics.byService('pollsPerTask', { statistic: Stats.AVERAGE, label: 'average' }),
            metrics.byService('pollsPerTask', { statistic: Stats.MAXIMUM, label: 'maximum' }),
          ]),
          graph('Step Functions and Lambda (USD per hour)', [hourlyCost(props)]),
        ],
        [heading('What fails, and why?', `Causes and remedies: ${runbook} of ocr-courier.`)],
        [
          graph(
            'Tasks ended, by reason',
            REASONS.map((reason) => metrics.tasksEndedBecauseOf(reason)),
          ),
          graph('Executions that did not succeed', [
            collectResult.metricFailed({ label: 'tasks: failed' }),
            collectResult.metricTimedOut({ label: 'tasks: timed out' }),
            collectResult.metricAborted({ label: 'tasks: stopped' }),
            recognizeImage.metricFailed({ label: 'images: failed' }),
            recognizeImage.metricTimedOut({ label: 'images: timed out' }),
            recognizeImage.metricAborted({ label: 'images: stopped' }),
            metrics.byService('tasksSwept', { label: 'swept tasks' }),
          ]),
        ],
        [
          graph('Errors and throttling', [
            submitImage.metricErrors({ label: 'submit-image: errors' }),
            fetchResult.metricErrors({ label: 'fetch-result: errors' }),
            fetchResult.metricThrottles({ label: 'fetch-result: throttled invocations' }),
            closeTask.metricErrors({ label: 'close-task: errors' }),
            collectChunk.metricErrors({ label: 'collect-chunk: errors' }),
            closeBatch.metricErrors({ label: 'close-batch: errors' }),
            api.metricServerError({ label: 'HTTP API: 5xx responses' }),
          ]),
          graph('Messages in dead-letter queues', [
            unclosedTasks.metricApproximateNumberOfMessagesVisible({ label: 'unclosed tasks' }),
            refusedSubmissions.metricApproximateNumberOfMessagesVisible({ label: 'refused submissions' }),
            failedStarts.metricApproximateNumberOfMessagesVisible({ label: 'failed starts' }),
          ]),
        ],
      ],
    });
  }
}

/** AWS list prices in US dollars: us-east-1, 2026-11, without free tiers and discounts. */
export const LOOP_USD_PER_MILLION = {
  /** Step Functions, Standard workflows. Retries of a state are charged, too. */
  stateTransitions: 25,
  lambdaRequests: 0.2,
  /** Lambda on arm64, first tier. */
  lambdaGigabyteSeconds: 13.3334,
} as const;

/** Price of a million invocations that come with this many state transitions each. */
function usdPerMillionInvocations(stateTransitions: number): number {
  return stateTransitions * LOOP_USD_PER_MILLION.stateTransitions + LOOP_USD_PER_MILLION.lambdaRequests;
}

function usdPerMillionMilliseconds(memory: Size): number {
  return ((memory.toMebibytes() / 1024) * LOOP_USD_PER_MILLION.lambdaGigabyteSeconds) / 1000;
}

/** Cost of the state machines, from the invocations of their functions and the durations. */
function hourlyCost({ fetchResult, submitImage, collectChunk }: WatchedParts): MathExpression {
  const period = Duration.hours(1);
  const terms = {
    // Three state transitions per poll.
    polls: usdPerMillionInvocations(3),
    pollMs: usdPerMillionMilliseconds(FETCH_RESULT_MEMORY),
    submissions: usdPerMillionInvocations(1),
    submissionMs: usdPerMillionMilliseconds(SUBMIT_IMAGE_MEMORY),
    // As for a poll.
    rounds: usdPerMillionInvocations(3),
    roundMs: usdPerMillionMilliseconds(COLLECT_CHUNK_MEMORY),
  };
  // A metric without data in a period would remove the sum.
  const summands = Object.entries(terms).map(([id, usd]) => `FILL(${id}, 0) * ${usd}`);
  return new MathExpression({
    expression: `(${summands.join(' + ')}) / 1000000`,
    usingMetrics: {
      polls: fetchResult.metricInvocations({ period }),
      pollMs: fetchResult.metricDuration({ statistic: Stats.SUM, period }),
      submissions: submitImage.metricInvocations({ period }),
      submissionMs: submitImage.metricDuration({ statistic: Stats.SUM, period }),
      rounds: collectChunk.metricInvocations({ period }),
      roundMs: collectChunk.metricDuration({ statistic: Stats.SUM, period }),
    },
    period,
    label: 'USD per hour',
  });
}

function heading(question: string, note: string): TextWidget {
  return new TextWidget({ markdown: `## ${question}\n${note}`, width: FULL_WIDTH, height: 2 });
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: FULL_WIDTH / 2, leftYAxis: { min: 0, showUnits: false } });
}
