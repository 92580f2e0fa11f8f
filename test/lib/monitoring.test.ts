import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { BATCH_OUTCOMES } from '../../functions/contracts/batch-record.ts';
import { REFUSAL_REASONS } from '../../functions/contracts/image-record.ts';
import { METRICS, METRICS_NAMESPACE } from '../../functions/contracts/metric-names.ts';
import { OcrCourier } from '../../lib/ocr-courier.ts';
import { proseOf } from '../../scripts/documents/code-blocks.ts';
import { propertiesOf, synthesize } from '../support/synthesis.ts';

/** A team's own copy of the runbook. */
const RUNBOOK_URL = 'https://wiki.example.com/ocr';

const template = synthesize({ monitoring: { runbookUrl: RUNBOOK_URL }, analysis: true });
const dashboardBody = String(propertiesOf(template, 'AWS::CloudWatch::Dashboard')['DashboardBody']);

const runbook = proseOf('docs/operate/runbook.md');
const [, alarmsChapter = ''] = /\n## Alarms\n(.*)\n## Operations\n/s.exec(runbook) ?? [];
const sections = [...alarmsChapter.matchAll(/^### (.+)\n((?:(?!### ).*\n)*)/gm)].map(
  ([, heading = '', text = '']) => ({ heading, text }),
);
const headings = sections.map(({ heading }) => heading).sort();

const alarmSchema = z.looseObject({
  AlarmDescription: z.string(),
  AlarmRule: z.string().default(''),
  // Without a number, all evaluated data points must breach.
  DatapointsToAlarm: z.number().nullable().default(null),
  Metrics: z.array(z.looseObject({ Id: z.string(), Expression: z.string().optional() })).default([]),
});

function alarmsOf(synthesized: Template) {
  return ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    Object.keys(synthesized.findResources(type)).map((id) =>
      alarmSchema.parse(propertiesOf(synthesized, type, id)),
    ),
  );
}

/** Each alarm by the anchor of its section in the runbook. */
const alarms = new Map(
  alarmsOf(template).map((alarm) => [alarm.AlarmDescription.split(`${RUNBOOK_URL}#`).at(-1) ?? '', alarm]),
);

const TEXT = String.raw`^[A-Z\d].+\. [A-Z].+\. Next: .+\. See `;

describe('the runbook', () => {
  it('has a section at the anchor that each alarm links to, and no other alarm section', () => {
    expect([...alarms.keys()].sort()).toEqual(headings);
    for (const { AlarmDescription } of alarms.values()) {
      expect(AlarmDescription).toMatch(new RegExp(`${TEXT}${RUNBOOK_URL}#[a-z-]+$`));
    }
  });

  it('is replaced by the dashboard in the AWS console unless its URL is configured', () => {
    const unlinked = alarmsOf(synthesize({ analysis: true }));

    expect(unlinked).toHaveLength(alarms.size);
    for (const { AlarmDescription } of unlinked) {
      expect(AlarmDescription).toMatch(
        new RegExp(`${TEXT}https://.*console.aws.amazon.com/cloudwatch/.*#dashboards/dashboard/<\\w+>$`),
      );
    }
  });

  it.each(sections)('gives impact, investigation and resolution for $heading', ({ text }) => {
    expect(text).toMatch(/\*\*Impact:\*\*.*\*\*Investigate:\*\*.*\*\*Resolve:\*\*/s);
  });

  it('names titles and labels that the dashboard has', () => {
    const prose = runbook.replaceAll('**', '').replaceAll(/\s+/g, ' ');
    const names = [...prose.matchAll(/\*([^*]+)\*/g)].map(([, name]) => name);

    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(dashboardBody).toContain(`"${name}"`);
  });
});

/** Fires at the first count within five minutes. */
const once = {
  ...{ Statistic: 'Sum', Period: 300, Threshold: 1 },
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};
const messages = { ...once, MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum' };
const ofFunction = (id: string) => [{ Name: 'FunctionName', Value: `<${id}>` }];
const ofService = [{ Name: 'service', Value: expect.any(String) }];
const ofQueue = (id: string) => [{ Name: 'QueueName', Value: `<${id}.QueueName>` }];

/** The sum of metrics, in order: each its name and the reason that it counts. */
const sumOf = (...counted: readonly (readonly [name: string, reason: string])[]) => ({
  ...{ Threshold: 1, EvaluationPeriods: 1 },
  Metrics: [
    { Expression: expect.any(String) },
    ...counted.map(([MetricName, reason]) => {
      const Dimensions = expect.arrayContaining([{ Name: 'reason', Value: reason }]);
      return { MetricStat: { Metric: { MetricName, Dimensions }, Stat: 'Sum', Period: 300 } };
    }),
  ],
});

/** The metrics of an alarm that have one dimension, by their ids. */
function metricsOf(section: string): Record<string, string> {
  const { Metrics = [] } = alarms.get(section) ?? {};
  const metricSchema = z.object({
    Id: z.string(),
    MetricStat: z.object({
      Metric: z.object({ MetricName: z.string(), Dimensions: z.tuple([z.object({ Value: z.string() })]) }),
    }),
  });
  return Object.fromEntries(
    Metrics.filter(({ Expression }) => Expression === undefined).map((metric) => {
      const { Id, MetricStat } = metricSchema.parse(metric);
      const { MetricName, Dimensions } = MetricStat.Metric;
      return [Id, `${MetricName} of ${Dimensions[0].Value}`];
    }),
  );
}

/** The value of an alarm's expression when its metrics have these data points in a period. */
function evaluate(section: string, points: Readonly<Record<string, number>>): number {
  const { Metrics = [] } = alarms.get(section) ?? {};
  const expression = Metrics.find(({ Expression }) => Expression !== undefined)?.Expression ?? '';
  const ids = Metrics.filter(({ Expression }) => Expression === undefined).map(({ Id }) => Id);
  // A missing data point makes the result missing, too, unless FILL replaces it: NaN behaves alike.
  const missing = (value: number) => Number.isNaN(value);
  const functions = {
    FILL: (value: number, filler: number) => (missing(value) ? filler : value),
    IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no),
  };
  const run = new Function(
    ...ids,
    ...Object.keys(functions),
    `return ${expression.replaceAll(' AND ', ' && ').replaceAll(' OR ', ' || ')}`,
  );
  return Number(run(...ids.map((id) => points[id] ?? Number.NaN), ...Object.values(functions)));
}

describe('alarms whose metrics lack data points', () => {
  it.each([
    ['executions start and none ends', { started0: 5 }, 1],
    ['executions of both state machines start and none ends', { started0: 2, started1: 3 }, 1],
    ['executions start and fail', { started1: 5, succeeded1: 0 }, 1],
    ['executions start and one succeeds', { started0: 5, succeeded1: 1 }, 0],
    ['four executions start and fail, which is too few', { started0: 4, succeeded0: 0 }, 0],
    ['nothing happens', {}, 0],
    ['executions that started earlier succeed', { succeeded0: 4 }, 0],
  ])('evaluates no-results when %s', (_, points, value) => {
    expect(evaluate('no-results', points)).toBe(value);
  });

  it.each([
    ['all fail', { failed0: 12 }, 100],
    ['all time out', { failed2: 6, failed3: 6 }, 100],
    ['nine fail, which is too few', { failed0: 9 }, 0],
    ['a quarter fails', { failed1: 4, succeeded0: 6, succeeded1: 6 }, 25],
    ['all succeed', { succeeded0: 40 }, 0],
    ['nothing ends', {}, 0],
  ])('evaluates failed-executions when %s', (_, points, percent) => {
    expect(evaluate('failed-executions', points)).toBe(percent);
  });

  it('judges the executions of both state machines', () => {
    expect(metricsOf('no-results')).toEqual({
      started0: 'ExecutionsStarted of <CollectResultStateMachine>',
      started1: 'ExecutionsStarted of <RecognizeImageStateMachine>',
      succeeded0: 'ExecutionsSucceeded of <CollectResultStateMachine>',
      succeeded1: 'ExecutionsSucceeded of <RecognizeImageStateMachine>',
    });
    expect(metricsOf('failed-executions')).toEqual({
      failed0: 'ExecutionsFailed of <CollectResultStateMachine>',
      failed1: 'ExecutionsFailed of <RecognizeImageStateMachine>',
      failed2: 'ExecutionsTimedOut of <CollectResultStateMachine>',
      failed3: 'ExecutionsTimedOut of <RecognizeImageStateMachine>',
      succeeded0: 'ExecutionsSucceeded of <CollectResultStateMachine>',
      succeeded1: 'ExecutionsSucceeded of <RecognizeImageStateMachine>',
    });
  });

  it.each([
    ['a quarter of the invocations fails', { errors: 5, invocations: 20 }, 25],
    ['all invocations of one chunk fail', { errors: 7, invocations: 7 }, 100],
    ['four invocations fail, which is too few', { errors: 4, invocations: 4 }, 0],
    ['no invocation fails', { errors: 0, invocations: 900 }, 0],
    ['nothing happens', {}, 0],
  ])('evaluates chunk-errors when %s', (_, points, percent) => {
    expect(evaluate('chunk-errors', points)).toBe(percent);
  });

  it.each([
    ['an event waits for more than half an hour', { age: 1801 }, 1],
    ['an event waits for half an hour', { age: 1800, undelivered: 0 }, 0],
    ['an event did not reach Firehose', { age: 60, undelivered: 1 }, 1],
    ['nothing happens', {}, 0],
  ])('evaluates missing-lines when %s', (_, points, value) => {
    expect(evaluate('missing-lines', points)).toBe(value);
  });

  it('watches Firehose and the queue of undelivered events', () => {
    expect(metricsOf('missing-lines')).toEqual({
      age: 'DeliveryToS3.DataFreshness of <AnalysisDeliveryStream>',
      undelivered: 'ApproximateNumberOfMessagesVisible of <AnalysisDeliveryUndelivered.QueueName>',
    });
  });

  it('counts the invocations of collect-chunk', () => {
    expect(metricsOf('chunk-errors')).toEqual({
      errors: 'Errors of <BatchesCollectChunk>',
      invocations: 'Invocations of <BatchesCollectChunk>',
    });
  });

  it.each([
    ['a task ends for it', { m0: 1 }, 1],
    ['an image is refused for it, and another for the second reason', { m2: 2, m3: 1 }, 3],
    ['nothing happens', {}, 0],
  ])('evaluates credentials-rejected when %s', (_, points, value) => {
    expect(evaluate('credentials-rejected', points)).toBe(value);
  });
});

describe('the alarms', () => {
  it('are created with the dashboard, unless monitoring is disabled', () => {
    const none = synthesize({ monitoring: { enabled: false } });

    template.resourceCountIs('AWS::CloudWatch::Alarm', 20);
    for (const type of ['Alarm', 'CompositeAlarm', 'Dashboard']) {
      none.resourceCountIs(`AWS::CloudWatch::${type}`, 0);
    }
  });

  it('have descriptions within the 1,024 characters that CloudWatch allows', () => {
    for (const { AlarmDescription } of alarms.values()) expect(AlarmDescription.length).toBeLessThan(1025);
  });

  it.each([
    [
      'credentials-rejected',
      sumOf(
        ['TasksEnded', 'CredentialsRejected'],
        ['TasksEnded', 'CredentialsUnreadable'],
        ['ImagesRefused', 'CredentialsRejected'],
        ['ImagesRefused', 'CredentialsUnreadable'],
      ),
    ],
    ['quota-exceeded', sumOf(['TasksEnded', 'QuotaExceeded'], ['ImagesRefused', 'QuotaExceeded'])],
    ['internal-errors', sumOf(['TasksEnded', 'InternalError'], ['ImagesRefused', 'InternalError'])],
    // The metric without a reason counts each image once.
    ['refused-images', { MetricName: 'ImagesRefused', ...once, Threshold: 5, Dimensions: ofService }],
    ['ambiguous-uploads', { MetricName: 'AmbiguousUploads', ...once, Dimensions: ofService }],
    // Stays on for two hours after each poll, because polls can be more than an hour apart.
    [
      'tasks-near-expiry',
      { MetricName: 'TasksNearExpiry', ...once, EvaluationPeriods: 24, DatapointsToAlarm: 1 },
    ],
    [
      'time-to-result',
      {
        ...{ MetricName: 'TimeToResult', ExtendedStatistic: 'p90', Threshold: 600, Period: 900 },
        ...{ EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold' },
      },
    ],
    [
      'close-task-errors',
      { MetricName: 'Errors', Namespace: 'AWS/Lambda', ...once, Dimensions: ofFunction('EventsCloseTask') },
    ],
    [
      'fetch-throttled',
      {
        ...{ MetricName: 'Throttles', ...once, EvaluationPeriods: 3, DatapointsToAlarm: null },
        Dimensions: ofFunction('FetchResult'),
      },
    ],
    ['swept-tasks', { MetricName: 'TasksSwept', ...once }],
    [
      'failed-batches',
      {
        ...{ MetricName: 'BatchFailurePercentage', ...once, Statistic: 'Maximum', Threshold: 50 },
        Dimensions: ofService,
      },
    ],
    ['chunk-errors', { Threshold: 25, EvaluationPeriods: 1, Metrics: expect.anything() }],
    [
      'close-batch-errors',
      { MetricName: 'Errors', Namespace: 'AWS/Lambda', ...once, Dimensions: ofFunction('BatchesCloseBatch') },
    ],
    ['unclosed-tasks', { ...messages, Dimensions: ofQueue('EventsUnclosedTasks') }],
    ['refused-submissions', { ...messages, Dimensions: ofQueue('StartsRefused') }],
    ['failed-starts', { ...messages, Dimensions: ofQueue('StartsFailed') }],
    ['api-errors', { MetricName: '5xx', Namespace: 'AWS/ApiGateway', ...once, Threshold: 5 }],
    ['failed-executions', { Threshold: 25, EvaluationPeriods: 1, Metrics: expect.anything() }],
    ['missing-lines', { Threshold: 1, EvaluationPeriods: 1, Metrics: expect.anything() }],
    ['no-results', { Threshold: 1, EvaluationPeriods: 2, Metrics: expect.anything() }],
  ])('%s watches its metric, and does not fire without data', (section, watched) => {
    expect(alarms.get(section)).toMatchObject({ TreatMissingData: 'notBreaching', ...watched });
  });

  it('are combined into results-not-arriving', () => {
    const { AlarmRule = '' } = alarms.get('results-not-arriving') ?? {};
    const combined = [...AlarmRule.matchAll(/MonitoringAlarms(\w+)\./g)].map(([, id]) => id);

    expect(combined.sort()).toEqual([
      'credentialsrejected',
      'failedexecutions',
      'noresults',
      'quotaexceeded',
    ]);
    expect(AlarmRule.match(/ALARM\(/g)).toHaveLength(4);
    expect(AlarmRule.match(/ OR /g)).toHaveLength(3);
  });

  it('notify the topic when they fire and when they clear', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-central-1:111122223333:alarms';
    const monitoring = { alarmTopicArn, timeToResultMinutes: 1, batchFailurePercentage: 20 };
    const notifying = alarmsOf(synthesize({ monitoring }));

    for (const alarm of notifying) {
      expect(alarm).toMatchObject({ AlarmActions: [alarmTopicArn], OKActions: [alarmTopicArn] });
    }
    expect(notifying).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ MetricName: 'TimeToResult', Threshold: 60 }),
        expect.objectContaining({ MetricName: 'BatchFailurePercentage', Threshold: 20 }),
      ]),
    );
  });
});

describe('the key of an encrypted topic', () => {
  /** Synthesizes a consumer's stack whose alarms notify a topic. */
  function notifying(topicIn: (stack: Stack) => ITopic): Template {
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Consumer');
    new OcrCourier(stack, 'Courier', { monitoring: { alarmTopic: topicIn(stack) } });
    return Template.fromStack(stack);
  }

  it('lets CloudWatch publish for this account when it belongs to the app', () => {
    const own = notifying((stack) => new Topic(stack, 'OnCall', { masterKey: new Key(stack, 'OnCallKey') }));

    expect(propertiesOf(own, 'AWS::KMS::Key')['KeyPolicy']).toMatchObject({
      Statement: expect.arrayContaining([
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
        },
      ]),
    });
  });

  it('is left to its owner when it is imported', () => {
    const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const topicArn = 'arn:aws:sns:eu-central-1:111122223333:on-call';
    const imported = notifying((stack) => Topic.fromTopicAttributes(stack, 'OnCall', { topicArn, keyArn }));

    imported.resourceCountIs('AWS::KMS::Key', 0);
  });
});

describe('the dashboard', () => {
  it('draws metrics that the functions write, below six questions', () => {
    for (const question of [
      'Are results arriving?',
      'Are images submitted?',
      'Are batches processed?',
      'How late?',
      'At what cost?',
      'What fails, and why?',
    ]) {
      expect(dashboardBody).toContain(question);
    }
    const drawn = [...dashboardBody.matchAll(new RegExp(`${METRICS_NAMESPACE}\\W+(\\w+)`, 'g'))].map(
      ([, name]) => name,
    );
    expect(Object.values(METRICS)).toEqual(expect.arrayContaining(drawn));
    expect(new Set(drawn).size).toBeGreaterThan(3);
  });

  it.each(['CollectResult', 'RecognizeImage'])('draws the executions of %s', (machine) => {
    for (const metric of ['Started', 'Failed', 'TimedOut', 'Aborted']) {
      expect(dashboardBody).toMatch(
        new RegExp(`"Executions${metric}","StateMachineArn","<${machine}StateMachine>"`),
      );
    }
  });

  it('draws uploads, refused images by reason, and every dead-letter queue', () => {
    expect(dashboardBody).toMatch(/"Uploads","service"/);
    expect(dashboardBody).toMatch(/"AmbiguousUploads","service"/);
    for (const reason of REFUSAL_REASONS) {
      expect(dashboardBody).toMatch(new RegExp(`"ImagesRefused","reason","${reason}"`));
    }
    for (const queue of ['EventsUnclosedTasks', 'StartsRefused', 'StartsFailed']) {
      expect(dashboardBody).toContain(`"QueueName","<${queue}.QueueName>"`);
    }
  });

  it('draws ended batches by outcome, and the invocations of their functions', () => {
    for (const outcome of BATCH_OUTCOMES) {
      expect(dashboardBody).toMatch(new RegExp(`"BatchesEnded","outcome","${outcome}"`));
    }
    expect(dashboardBody).toMatch(/"BatchFailurePercentage","service"/);
    for (const metric of ['ConcurrentExecutions', 'Throttles', 'Duration', 'Errors']) {
      expect(dashboardBody).toContain(`"${metric}","FunctionName","<BatchesCollectChunk>"`);
    }
    expect(dashboardBody).toContain('"Errors","FunctionName","<BatchesCloseBatch>"');
  });

  it('draws the cost of polls, submissions and chunks, also when one of them has no data', () => {
    const [, expression = ''] = /"expression":"([^"]*1000000)"/.exec(dashboardBody) ?? [];
    const terms = [...expression.matchAll(/FILL\((\w+), 0\) \* ([\d.]+)/g)];
    const prices = Object.fromEntries(terms.map(([, id = '', usd]) => [id, Number(usd)]));

    expect(prices).toEqual({
      polls: expect.closeTo(3 * 25 + 0.2),
      pollMs: expect.closeTo(13.3334 / 4 / 1000, 8),
      submissions: expect.closeTo(25 + 0.2),
      submissionMs: expect.closeTo(13.3334 / 4 / 1000, 8),
      rounds: expect.closeTo(3 * 25 + 0.2),
      roundMs: expect.closeTo(13.3334 / 2 / 1000, 8),
    });
  });

  it('links to the runbook', () => {
    expect(dashboardBody).toContain(`[runbook](${RUNBOOK_URL})`);
  });
});
