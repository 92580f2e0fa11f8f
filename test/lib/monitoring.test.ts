import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { METRICS, METRICS_NAMESPACE } from '../../functions/contracts/metric-names.ts';
import type { MonitoringOptions } from '../../lib/monitoring.ts';
import { OcrCourier } from '../../lib/ocr-courier.ts';
import { proseOf } from '../../scripts/documents/code-blocks.ts';

/** As a team would configure its own copy of the runbook. */
const RUNBOOK_URL = 'https://wiki.example.com/ocr';

function synthesise(monitoring: MonitoringOptions = { runbookUrl: RUNBOOK_URL }): Template {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
  new OcrCourier(stack, 'Courier', { monitoring });
  return Template.fromStack(stack);
}

const template = synthesise();
const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
const dashboardBody = JSON.stringify(dashboard).replaceAll('\\', '');

const runbook = proseOf('docs/operate/runbook.md');
const [, alarmsChapter = ''] = /\n## Alarms\n(.*)\n## Operations\n/s.exec(runbook) ?? [];
const sections = [...alarmsChapter.matchAll(/^### (.+)\n((?:(?!### ).*\n)*)/gm)].map(
  ([, heading = '', text = '']) => ({ heading, text }),
);
const headings = sections.map(({ heading }) => heading).sort();

/** The description of an alarm, which is a join when it contains the dashboard's name. */
const descriptionSchema = z.union([
  z.string(),
  z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
]);
const alarmSchema = z.object({ Properties: z.object({ AlarmDescription: descriptionSchema }) });

function descriptionsOf(synthesised: Template): readonly string[] {
  return ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
    .flatMap((type) => Object.values(synthesised.findResources(type)))
    .map((alarm) => alarmSchema.parse(alarm).Properties.AlarmDescription)
    .map((text) =>
      typeof text === 'string'
        ? text
        : text['Fn::Join'][1]
            .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
            .join(''),
    );
}

const TEXT = String.raw`^[A-Z\d].+\. [A-Z].+\. Next: .+\. See `;

describe('the runbook', () => {
  it('has a section at the anchor that each alarm links to, and no other alarm section', () => {
    const anchors = descriptionsOf(template).map((description) => {
      const [text = '', anchor = ''] = description.split(`${RUNBOOK_URL}#`);
      expect(text).toMatch(new RegExp(`${TEXT}$`));
      return anchor;
    });

    expect(anchors.sort()).toEqual(headings);
  });

  it('is replaced by the dashboard in the AWS console unless its URL is configured', () => {
    const descriptions = descriptionsOf(synthesise({}));

    expect(descriptions).toHaveLength(headings.length);
    for (const description of descriptions) {
      expect(description).toMatch(
        new RegExp(
          `${TEXT}https://.*console.aws.amazon.com/cloudwatch/.*#dashboards/dashboard/{"Ref":"\\w+"}$`,
        ),
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

/** Fires at the first count within five minutes. */
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

/** The value of an alarm's expression when its metrics have these data points in a period. */
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
  // A missing data point makes the result missing, too, unless FILL replaces it: NaN behaves alike.
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

describe('alarms whose metrics lack data points', () => {
  it.each([
    ['executions start and none ends', { started: 3 }, 1],
    ['executions start and fail', { started: 3, succeeded: 0 }, 1],
    ['executions start and one succeeds', { started: 3, succeeded: 1 }, 0],
    ['nothing happens', {}, 0],
    ['executions that started earlier succeed', { succeeded: 4 }, 0],
  ])('evaluates no-results when %s', (_, points, value) => {
    expect(evaluate('no-results', points)).toBe(value);
  });

  it.each([
    ['all fail', { failed: 12 }, 100],
    ['all time out', { timedOut: 12 }, 100],
    ['nine fail, which is too few', { failed: 9 }, 0],
    ['a quarter fails', { failed: 4, succeeded: 12 }, 25],
    ['all succeed', { succeeded: 40 }, 0],
    ['nothing ends', {}, 0],
  ])('evaluates failed-executions when %s', (_, points, percent) => {
    expect(evaluate('failed-executions', points)).toBe(percent);
  });
});

describe('the alarms', () => {
  it('are created with the dashboard, unless monitoring is disabled', () => {
    const none = synthesise({ enabled: false });

    template.resourceCountIs('AWS::CloudWatch::Alarm', 11);
    for (const type of ['Alarm', 'CompositeAlarm', 'Dashboard']) {
      none.resourceCountIs(`AWS::CloudWatch::${type}`, 0);
    }
  });

  it('have descriptions within the 1,024 characters that CloudWatch allows', () => {
    expect(Math.max(...descriptionsOf(template).map(({ length }) => length))).toBeLessThanOrEqual(1024);
  });

  it.each([
    ['credentials-rejected', tasksEndedBecauseOf('CredentialsRejected')],
    ['internal-errors', tasksEndedBecauseOf('InternalError')],
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
        ...{ MetricName: 'Throttles', ...once, EvaluationPeriods: 3, DatapointsToAlarm: Match.absent() },
        Dimensions: ofFunction('WorkflowFetchResult'),
      },
    ],
    ['unclosed-tasks', { ...messages, Dimensions: ofQueue('UnclosedTasks') }],
    ['refused-submissions', { ...messages, Dimensions: ofQueue('Refused') }],
    ['api-errors', { MetricName: '5xx', Namespace: 'AWS/ApiGateway', ...once, Threshold: 5 }],
    ['failed-executions', { Threshold: 25, EvaluationPeriods: 1, Metrics: Match.anyValue() }],
    ['no-results', { Threshold: 1, EvaluationPeriods: 2, Metrics: Match.anyValue() }],
  ])('%s watches its metric, and does not fire without data', (section, watched) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp(`#${section}$`),
      TreatMissingData: 'notBreaching',
      ...watched,
    });
  });

  it('are combined into results-not-arriving', () => {
    const [composite] = Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm'));
    const rule = JSON.stringify(composite?.['Properties']?.AlarmRule);
    const combined = [...rule.matchAll(/CourierMonitoringAlarms(\w+?)[0-9A-F]{8}/g)].map(([, id]) => id);

    expect(combined.sort()).toEqual(['credentialsrejected', 'failedexecutions', 'noresults']);
    expect(rule.match(/ALARM\(/g)).toHaveLength(3);
    expect(rule.match(/ OR /g)).toHaveLength(2);
  });

  it('notify the topic when they fire and when they clear', () => {
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
    const alarmTopic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:111122223333:alarms');
    new OcrCourier(stack, 'Courier', { monitoring: { alarmTopic, timeToResult: Duration.minutes(1) } });
    const notifying = Template.fromStack(stack);

    for (const type of ['Alarm', 'CompositeAlarm']) {
      notifying.allResourcesProperties(`AWS::CloudWatch::${type}`, {
        AlarmActions: [alarmTopic.topicArn],
        OKActions: [alarmTopic.topicArn],
      });
    }
    notifying.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'TimeToResult', Threshold: 60 });
  });
});

describe('the dashboard', () => {
  it('draws metrics that the functions write, below four questions', () => {
    for (const question of ['Are results arriving?', 'How late?', 'At what cost?', 'What fails, and why?']) {
      expect(dashboardBody).toContain(question);
    }
    const drawn = [...dashboardBody.matchAll(new RegExp(`${METRICS_NAMESPACE}\\W+(\\w+)`, 'g'))].map(
      ([, name]) => name,
    );
    expect(Object.values(METRICS)).toEqual(expect.arrayContaining(drawn));
    expect(new Set(drawn).size).toBeGreaterThan(3);
  });

  it('links to the runbook', () => {
    expect(dashboardBody).toContain(`[runbook](${RUNBOOK_URL})`);
  });
});
