import { App } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { OcrCourierStack } from '../../lib/ocr-courier-stack.ts';

/** How aws-cdk-lib notes an acknowledged finding on its construct. */
const acknowledgedRules = z.record(z.string(), z.string());

test('S17: these findings of cdk-nag stand, each with its reason, and no other', () => {
  const stack = new OcrCourierStack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');

  const found = stack.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
      .flatMap(({ data }) => Object.entries(acknowledgedRules.parse(data)))
      .map(([rule, reason]) => {
        expect(reason.length).toBeGreaterThan(20);
        return `${node.path.replace('Stack/OcrCourier/', '')}: ${shorten(rule)}`;
      }),
  );

  expect(found.sort()).toEqual([
    'Api/FunctionRole: IAM5[Resource::*]',
    'Api/FunctionRole: IAM5[Resource::<StorageResults.Arn>/results/*]',
    'Api/FunctionRole: IAM5[Resource::every execution]',
    'CloseTaskRole: IAM5[Resource::*]',
    'Credentials: SMG4',
    'Events/UnclosedTasks: SQS3',
    'FetchResultRole: IAM5[Resource::*]',
    'FetchResultRole: IAM5[Resource::<StorageResults.Arn>/results/*]',
    'Storage/Results: S1',
    'Submissions/Refused: SQS3',
    'Submissions/StartTaskRole: IAM5[Resource::*]',
    'Submissions/StartTaskRole: IAM5[Resource::every execution]',
    'Workflow/StateMachine/Role: IAM5[Resource::*]',
    'Workflow/StateMachine/Role: IAM5[Resource::<FetchResult.Arn>:*]',
  ]);
});

function shorten(rule: string): string {
  return rule
    .replace('AwsSolutions::AwsSolutions-', '')
    .replace(/arn:.+:execution:.+:\*/, 'every execution')
    .replace(/<OcrCourier(\w+?)[0-9A-F]{8}\./, '<$1.');
}
