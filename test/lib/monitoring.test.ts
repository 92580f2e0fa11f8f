import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { METRICS, METRICS_NAMESPACE } from '../../functions/contracts/metric-names.ts';
import type { MonitoringOptions } from '../../lib/monitoring.ts';
import { OcrCourier } from '../../lib/ocr-courier.ts';
import { proseOf } from '../../scripts/documents/code-blocks.ts';

function synthesise(monitoring?: MonitoringOptions): Template {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
  new OcrCourier(stack, 'Courier', monitoring === undefined ? {} : { monitoring });
  return Template.fromStack(stack);
}

const template = synthesise();

const described = z.object({ Properties: z.object({ AlarmDescription: z.string() }) });
/** The sections of the runbook that the alarms' descriptions lead to. */
const sectionsOf = (from: Template, url: string) =>
  ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
    .flatMap((type) => Object.values(from.findResources(type)))
    .map((resource) => described.parse(resource).Properties.AlarmDescription)
    .map((description) => {
      expect(description).toContain(`What to do: ${url}#`);
      return description.slice(description.indexOf('#') + 1);
    });

describe('the runbook', () => {
  let runbook: string;
  beforeAll(async () => {
    runbook = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');
  });

  test('has a section for each alarm, and no other alarm', () => {
    const alarms = runbook.slice(runbook.indexOf('\n## Alarms'), runbook.indexOf('\n## Operations'));
    const sections = [...alarms.matchAll(/^### (.+)$/gm)].map(([, title]) => title);

    expect(sections).toEqual(expect.arrayContaining(sectionsOf(template, 'docs/runbook.md')));
    expect(sections).toHaveLength(sectionsOf(template, 'docs/runbook.md').length);
  });

  test('says in each what it means, how to look and what to do', () => {
    const alarms = runbook.slice(runbook.indexOf('\n## Alarms'), runbook.indexOf('\n## Operations'));
    for (const section of alarms.split('\n### ').slice(1)) {
      expect(section).toMatch(/\*\*Means\*\*.*\*\*Look\*\*.*\*\*Do\*\*/s);
    }
  });

  test('speaks of what the dashboard draws', () => {
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    const body = JSON.stringify(dashboard).replaceAll('\\', '');
    const prose = proseOf('docs/runbook.md').replaceAll('**', '');
    const named = [...prose.matchAll(/\*([^*]+)\*/g)].map(([, name]) => name);

    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(body).toContain(`"${name}"`);
  });

  test('may be read elsewhere', () => {
    const runbookUrl = 'https://wiki.example.com/ocr';
    expect(sectionsOf(synthesise({ runbookUrl }), runbookUrl)).toContain('credentials-rejected');
  });
});

const tasksEndedBecauseOf = (reason: string) => ({
  Metrics: [
    Match.objectLike({
      MetricStat: {
        Metric: {
          MetricName: 'TasksEnded',
          Dimensions: Match.arrayWith([{ Name: 'reason', Value: reason }]),
        },
      },
    }),
  ],
});

/** As soon as one has been counted in five minutes. */
const once = {
  ...{ Statistic: 'Sum', Period: 300, Threshold: 1 },
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};
const messages = { ...once, MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum' };
const ofFunction = (id: string) => [
  { Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp(`^Courier${id}[0-9A-F]{8}$`) } },
];
const ofQueue = (id: string) => [
  {
    Name: 'QueueName',
    Value: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^Courier\\w+${id}[0-9A-F]{8}$`), 'QueueName'] },
  },
];

/** What an alarm's expression comes to when its metrics have these data points in a period, and the others none. */
function evaluate(section: string, points: Readonly<Record<string, number>>): number {
  const [alarm] = Object.values(
    template.findResources('AWS::CloudWatch::Alarm', {
      Properties: { AlarmDescription: Match.stringLikeRegexp(`#${section}$`) },
    }),
  );
  const { Metrics } = z
    .object({
      Metrics: z.array(z.object({ Id: z.string(), Expression: z.string().optional() })),
    })
    .parse(alarm?.['Properties']);
  const expression = Metrics.find(({ Expression }) => Expression !== undefined)?.Expression ?? '';
  const ids = Metrics.filter(({ Expression }) => Expression === undefined).map(({ Id }) => Id);
  // A missing point is no number: whatever is reckoned from one is none either, unless it is filled.
  const missing = (value: number) => Number.isNaN(value);
  const functions = {
    FILL: (value: number, filler: number) => (missing(value) ? filler : value),
    IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no),
  };
  const run = new Function(
    ...ids,
    ...Object.keys(functions),
    `return ${expression.replaceAll(' AND ', ' && ')}`,
  );
  return Number(run(...ids.map((id) => points[id] ?? Number.NaN), ...Object.values(functions)));
}

describe('of what CloudWatch has no data point', () => {
  test.each([
    ['tasks start, and nothing is counted of their ends', { started: 3 }, 1],
    ['tasks start and fail', { started: 3, succeeded: 0 }, 1],
    ['tasks start, and one completes', { started: 3, succeeded: 1 }, 0],
    ['nothing happens', {}, 0],
    ['what began before completes', { succeeded: 4 }, 0],
  ])('no-results knows: %s', (_, points, rings) => {
    expect(evaluate('no-results', points)).toBe(rings);
  });

  test.each([
    ['all fail', { failed: 12 }, 100],
    ['all time out', { timedOut: 12 }, 100],
    ['nine fail, too few to judge by', { failed: 9 }, 0],
    ['a quarter fails', { failed: 4, succeeded: 12 }, 25],
    ['all succeed', { succeeded: 40 }, 0],
    ['nothing ends', {}, 0],
  ])('failed-executions knows: %s', (_, points, percent) => {
    expect(evaluate('failed-executions', points)).toBe(percent);
  });
});

describe('the alarms', () => {
  test('are there, and not if that is not wanted', () => {
    const none = synthesise({ enabled: false });

    template.resourceCountIs('AWS::CloudWatch::Alarm', 11);
    for (const type of ['Alarm', 'CompositeAlarm', 'Dashboard']) {
      none.resourceCountIs(`AWS::CloudWatch::${type}`, 0);
    }
  });

  test.each([
    ['credentials-rejected', tasksEndedBecauseOf('CredentialsRejected')],
    ['internal-errors', tasksEndedBecauseOf('InternalError')],
    // For two hours after each poll: those polls may be more than an hour apart.
    [
      'tasks-near-expiry',
      { MetricName: 'TasksNearExpiry', ...once, EvaluationPeriods: 24, DatapointsToAlarm: 1 },
    ],
    [
      'time-to-result',
      {
        ...{ MetricName: 'TimeToResult', ExtendedStatistic: 'p90', Threshold: 600, Period: 900 },
        ...{ EvaluationPeriods: 1, DatapointsToAlarm: 1, ComparisonOperator: 'GreaterThanThreshold' },
      },
    ],
    [
      'close-task-errors',
      { MetricName: 'Errors', Namespace: 'AWS/Lambda', ...once, Dimensions: ofFunction('EventsCloseTask') },
    ],
    [
      'fetch-throttled',
      {
        ...{ MetricName: 'Throttles', ...once, EvaluationPeriods: 3, DatapointsToAlarm: 3 },
        Dimensions: ofFunction('WorkflowFetchResult'),
      },
    ],
    ['unclosed-tasks', { ...messages, Dimensions: ofQueue('UnclosedTasks') }],
    ['refused-submissions', { ...messages, Dimensions: ofQueue('Refused') }],
    ['api-errors', { MetricName: '5xx', Namespace: 'AWS/ApiGateway', ...once, Threshold: 5 }],
    ['failed-executions', { Threshold: 25, EvaluationPeriods: 1, Metrics: Match.anyValue() }],
    ['no-results', { Threshold: 1, EvaluationPeriods: 2, DatapointsToAlarm: 2, Metrics: Match.anyValue() }],
  ])('%s watches what it is named after, and is silent while there is nothing', (section, watched) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp(`#${section}$`),
      TreatMissingData: 'notBreaching',
      ...watched,
    });
  });

  test('say together that results are not arriving: none, none for want of credentials, or too few', () => {
    const [composite] = Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm'));
    const rule = JSON.stringify(composite?.['Properties']?.AlarmRule);
    const alarms = [...rule.matchAll(/CourierMonitoringAlarms(\w+?)[0-9A-F]{8}/g)].map(([, id]) => id);

    expect(alarms.sort()).toEqual(['credentialsrejected', 'failedexecutions', 'noresults']);
    expect(rule.match(/ALARM\(/g)).toHaveLength(3);
    expect(rule.match(/ OR /g)).toHaveLength(2);
  });

  test('tell a topic when they start and when they end', () => {
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
    const alarmTopic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:111122223333:alarms');
    new OcrCourier(stack, 'Courier', { monitoring: { alarmTopic, timeToResult: Duration.minutes(1) } });
    const told = Template.fromStack(stack);

    for (const type of ['Alarm', 'CompositeAlarm']) {
      told.allResourcesProperties(`AWS::CloudWatch::${type}`, {
        AlarmActions: [alarmTopic.topicArn],
        OKActions: [alarmTopic.topicArn],
      });
    }
    told.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'TimeToResult', Threshold: 60 });
  });
});

test('the dashboard asks the operator’s questions and draws metrics that are written', () => {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(dashboard);

  for (const question of ['Are results arriving?', 'How late?', 'At what cost?', 'What fails, and why?']) {
    expect(body).toContain(question);
  }
  const drawn = [...body.matchAll(new RegExp(`${METRICS_NAMESPACE}\\W+(\\w+)`, 'g'))].map(([, name]) => name);
  expect(Object.values(METRICS)).toEqual(expect.arrayContaining(drawn));
  expect(new Set(drawn).size).toBeGreaterThan(3);
});
