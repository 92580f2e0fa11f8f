import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { METRICS, METRICS_NAMESPACE } from '../../functions/metric-names.ts';
import type { MonitoringOptions } from '../../lib/monitoring.ts';
import { OcrCourier } from '../../lib/ocr-courier.ts';

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

describe('the alarms', () => {
  test('are there, and not if that is not wanted', () => {
    const none = synthesise({ enabled: false });

    template.resourceCountIs('AWS::CloudWatch::Alarm', 10);
    for (const type of ['Alarm', 'CompositeAlarm', 'Dashboard']) {
      none.resourceCountIs(`AWS::CloudWatch::${type}`, 0);
    }
  });

  test.each([
    ['credentials-rejected', tasksEndedBecauseOf('CredentialsRejected')],
    ['internal-errors', tasksEndedBecauseOf('InternalError')],
    ['tasks-near-expiry', { MetricName: 'TasksNearExpiry' }],
    [
      'time-to-result',
      { MetricName: 'TimeToResult', ExtendedStatistic: 'p90', Threshold: 600, EvaluationPeriods: 3 },
    ],
    ['close-task-errors', { MetricName: 'Errors', Namespace: 'AWS/Lambda' }],
    ['fetch-throttled', { MetricName: 'Throttles', EvaluationPeriods: 3 }],
    ['unclosed-tasks', { MetricName: 'ApproximateNumberOfMessagesVisible' }],
    ['refused-submissions', { MetricName: 'ApproximateNumberOfMessagesVisible' }],
    ['failed-executions', { Threshold: 25, Metrics: Match.anyValue() }],
    ['no-results', { EvaluationPeriods: 2, Metrics: Match.anyValue() }],
  ])('%s watches what it is named after, and is silent while there is nothing', (section, watched) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp(`#${section}$`),
      TreatMissingData: 'notBreaching',
      ...watched,
    });
  });

  test('say together that results are not arriving', () => {
    template.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmRule: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('OR ALARM')])] },
    });
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
