import { App } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { OcrCourierStack } from '../../lib/ocr-courier-stack.ts';

/** The form in which aws-cdk-lib records acknowledged findings in a construct's metadata. */
const acknowledgedRules = z.record(z.string(), z.string());

it('S17: accepts only these findings of cdk-nag, each with a reason', () => {
  const stack = new OcrCourierStack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');

  const accepted = stack.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
      .flatMap(({ data }) => Object.entries(acknowledgedRules.parse(data)))
      .map(([rule, reason]) => {
        expect(reason.length).toBeGreaterThan(20);
        return `${node.path.replace('Stack/OcrCourier/', '')}: ${shorten(rule)}`;
      }),
  );

  expect(accepted.sort()).toEqual([
    'Api/FunctionRole: IAM5[Resource::*]',
    'Api/FunctionRole: IAM5[Resource::<StorageResults.Arn>/results/*]',
    'Api/FunctionRole: IAM5[Resource::every execution]',
    'Credentials: SMG4',
    'Events/CloseTaskRole: IAM5[Resource::*]',
    'Events/DescribeExecutions: IAM5[Resource::every execution]',
    'Events/UnclosedTasks: SQS3',
    'Storage/Results: S1',
    'Submissions/Refused: SQS3',
    'Submissions/StartTaskRole: IAM5[Resource::*]',
    'Submissions/StartTaskRole: IAM5[Resource::every execution]',
    'Workflow/FetchResultRole: IAM5[Resource::*]',
    'Workflow/FetchResultRole: IAM5[Resource::<StorageResults.Arn>/results/*]',
    'Workflow/StateMachine/Role: IAM5[Resource::*]',
    'Workflow/StateMachine/Role: IAM5[Resource::<EventsCloseTask.Arn>:*]',
    'Workflow/StateMachine/Role: IAM5[Resource::<WorkflowFetchResult.Arn>:*]',
  ]);
});

/** The rule without its prefix, logical-id hashes and the ARN of executions. */
function shorten(rule: string): string {
  return rule
    .replace('AwsSolutions::AwsSolutions-', '')
    .replace(/arn:.+:execution:.+:\*/, 'every execution')
    .replace(/<OcrCourier(\w+?)[0-9A-F]{8}\./, '<$1.');
}
