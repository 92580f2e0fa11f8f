import { App, Aspects, CfnResource } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { OcrCourierStack } from '../../lib/ocr-courier-stack.ts';

/** The form in which aws-cdk-lib records acknowledged findings in a construct's metadata. */
const acknowledgedRules = z.record(z.string(), z.string());

/** The findings of the rules AwsSolutions, and the resource of each. Both versions report them. */
const FINDINGS = [
  'Api/FunctionRole/DefaultPolicy: IAM5[Resource::*]',
  'Api/FunctionRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/results/*]',
  'Api/FunctionRole/DefaultPolicy: IAM5[Resource::every execution]',
  'Credentials: SMG4',
  'Events/CloseTaskRole/DefaultPolicy: IAM5[Resource::*]',
  'Storage/Results: S1',
  'Submissions/Refused: SQS3',
  'Submissions/StartTaskRole/DefaultPolicy: IAM5[Resource::*]',
  'Submissions/StartTaskRole/DefaultPolicy: IAM5[Resource::every execution]',
  'Workflow/FetchResultRole/DefaultPolicy: IAM5[Resource::*]',
  'Workflow/FetchResultRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/results/*]',
  'Workflow/StateMachine/Role/DefaultPolicy: IAM5[Resource::*]',
  'Workflow/StateMachine/Role/DefaultPolicy: IAM5[Resource::<WorkflowFetchResult.Arn>:*]',
];

/** The form in which cdk-nag 2 reads suppressed findings from a resource's metadata. */
const suppressions = z.object({
  rules_to_suppress: z.array(
    z.strictObject({
      id: z.string(),
      reason: z.string().min(20),
      applies_to: z.tuple([z.string()]).optional(),
    }),
  ),
});

it.each([true, false])('leaves no finding of cdk-nag 2 to an app (stable aspects: %s)', (isStable) => {
  const context = { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:aspectStabilization': isStable };
  const app = new App({ context });
  new OcrCourierStack(app, 'Stack');
  const suppressed: string[] = [];
  // The rules of cdk-nag 2 are an aspect of the app, too.
  Aspects.of(app).add({
    visit(node) {
      const metadata = CfnResource.isCfnResource(node) ? node.getMetadata('cdk_nag') : undefined;
      if (metadata === undefined) return;
      for (const { id, applies_to } of suppressions.parse(metadata).rules_to_suppress) {
        const finding = applies_to === undefined ? '' : `[${applies_to[0]}]`;
        const resource = node.node.path.replace('Stack/OcrCourier/', '').replace('/Resource', '');
        suppressed.push(`${resource}: ${shorten(`${id}${finding}`)}`);
      }
    },
  });

  app.synth();

  expect(suppressed).toEqual(expect.arrayContaining(FINDINGS));
});

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
    .replace(/^(AwsSolutions::)?AwsSolutions-/, '')
    .replace(/arn:.+:execution:.+:\*/, 'every execution')
    .replace(/<OcrCourier(\w+?)[0-9A-F]{8}\./, '<$1.');
}
