import { App, Aspects, CfnParameter, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { acknowledge } from '../../lib/acknowledgements.ts';
import { OcrCourier } from '../../lib/ocr-courier.ts';
import { OcrCourierStack } from '../../lib/ocr-courier-stack.ts';

/** The form in which aws-cdk-lib records acknowledged findings in a construct's metadata. */
const acknowledgedRules = z.record(z.string(), z.string());

const policy = z.object({ Statement: z.array(z.object({ Resource: z.unknown() })) });

/** The findings of the rules AwsSolutions, and the resource of each. Both versions report them. */
const FINDINGS = [
  'Api/FunctionRole/DefaultPolicy: IAM5[Resource::*]',
  'Api/FunctionRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/batches/*/request-*.json]',
  'Api/FunctionRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/batches/*]',
  'Api/FunctionRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/images/*]',
  'Api/FunctionRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/inbox/*]',
  'Api/FunctionRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/results/*]',
  'Api/FunctionRole/DefaultPolicy: IAM5[Resource::every execution]',
  'Batches/CloseBatchRole/DefaultPolicy: IAM5[Resource::*]',
  'Batches/CloseBatchRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/batches/*]',
  'Batches/CloseBatchRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/inbox/*]',
  'Batches/CollectBatch/StateMachine/DistributedMapPolicy: IAM5[Resource::every execution]',
  'Batches/CollectBatch/StateMachine/DistributedMapPolicy: IAM5[Resource::every run of the Map]',
  'Batches/CollectBatch/StateMachine/Role/DefaultPolicy: IAM5[Resource::*]',
  'Batches/CollectBatch/StateMachine/Role/DefaultPolicy: IAM5[Resource::<BatchesCloseBatch.Arn>:*]',
  'Batches/CollectBatch/StateMachine/Role/DefaultPolicy: IAM5[Resource::<BatchesCollectChunk.Arn>:*]',
  'Batches/CollectBatch/StateMachine/Role/DefaultPolicy: IAM5[Resource::<BatchesOpenBatch.Arn>:*]',
  'Batches/CollectBatch/StateMachine/Role/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/batches/*/chunks.jsonl]',
  'Batches/CollectChunkRole/DefaultPolicy: IAM5[Resource::*]',
  'Batches/CollectChunkRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/batches/*]',
  'Batches/CollectChunkRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/images/*]',
  'Batches/CollectChunkRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/inbox/*]',
  'Batches/CollectChunkRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/results/*]',
  'Batches/OpenBatchRole/DefaultPolicy: IAM5[Resource::*]',
  'Batches/OpenBatchRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/batches/*]',
  'Batches/OpenBatchRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/images/*]',
  'Batches/OpenBatchRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/inbox/*]',
  'Batches/OpenBatchRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/lists/*]',
  'Batches/StopExecutions: IAM5[Resource::every execution]',
  'CollectResult/StateMachine/Role/DefaultPolicy: IAM5[Resource::*]',
  'CollectResult/StateMachine/Role/DefaultPolicy: IAM5[Resource::<EventsCloseTask.Arn>:*]',
  'CollectResult/StateMachine/Role/DefaultPolicy: IAM5[Resource::<FetchResult.Arn>:*]',
  'Credentials: SMG4',
  'Events/CloseTaskRole/DefaultPolicy: IAM5[Resource::*]',
  'Events/CloseTaskRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/inbox/*]',
  'Events/DescribeExecutions: IAM5[Resource::every execution]',
  'FetchResultRole/DefaultPolicy: IAM5[Resource::*]',
  'FetchResultRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/inbox/*]',
  'FetchResultRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/results/*]',
  'RecognizeImage/StateMachine/Role/DefaultPolicy: IAM5[Resource::*]',
  'RecognizeImage/StateMachine/Role/DefaultPolicy: IAM5[Resource::<EventsCloseTask.Arn>:*]',
  'RecognizeImage/StateMachine/Role/DefaultPolicy: IAM5[Resource::<FetchResult.Arn>:*]',
  'RecognizeImage/StateMachine/Role/DefaultPolicy: IAM5[Resource::<SubmitImage.Arn>:*]',
  'Starts/Refused: SQS3',
  'Starts/StartExecutionsRole/DefaultPolicy: IAM5[Resource::*]',
  'Starts/StartExecutionsRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/inbox/*]',
  'Starts/StartExecutionsRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/lists/*]',
  'Starts/StartExecutionsRole/DefaultPolicy: IAM5[Resource::every execution]',
  'Storage/Results: S1',
  'SubmitImageRole/DefaultPolicy: IAM5[Resource::*]',
  'SubmitImageRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/images/*]',
  'SubmitImageRole/DefaultPolicy: IAM5[Resource::<StorageResults.Arn>/inbox/*]',
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

  const known = FINDINGS.map((finding) => finding.replace('/DefaultPolicy', ''));
  // cdk-nag itself sees that these are dead-letter queues.
  const others = ['Events/UnclosedTasks: SQS3', 'Starts/Failed: SQS3'];
  expect([...new Set(accepted)].sort()).toEqual([...known, ...others].sort());
});

describe('an app whose courier reads images of other buckets', () => {
  /** Buckets of the same stack and of another one, imported by name, parameter and ARN. */
  function sourcesOf(stack: Stack, other: Stack): (IBucket | Bucket)[] {
    const parameter = new CfnParameter(stack, 'BucketName').valueAsString;
    return [
      new Bucket(stack, 'Own', { enforceSSL: true }),
      new Bucket(other, 'Others', { enforceSSL: true }),
      Bucket.fromBucketName(stack, 'Named', 'scans'),
      Bucket.fromBucketName(stack, 'Parameter', parameter),
      Bucket.fromBucketArn(stack, 'Imported', 'arn:aws:s3:::more-scans'),
    ];
  }

  function consumer() {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    const stack = new Stack(app, 'Consumer');
    const sources = sourcesOf(stack, new Stack(app, 'Others'));
    for (const bucket of sources.slice(0, 2)) acknowledge(bucket, 'S1', 'Its owner needs no access log');
    return { app, stack, courier: new OcrCourier(stack, 'OcrCourier', { sources }) };
  }

  it('has no finding of cdk-nag 3', () => {
    const { app } = consumer();
    Validations.of(app).addPlugins(new AwsSolutionsChecks());

    expect(() => app.synth()).not.toThrow();
  });

  it('has a suppression of cdk-nag 2 for each wildcard', () => {
    const { app, stack, courier } = consumer();
    const found: string[] = [];
    // The rules of cdk-nag 2 are an aspect of the app, too.
    Aspects.of(app).add({
      visit(node) {
        if (!(node instanceof CfnPolicy)) return;
        const { Statement } = policy.parse(stack.resolve(node.policyDocument));
        const { rules_to_suppress } = suppressions.parse(node.getMetadata('cdk_nag'));
        const suppressed = rules_to_suppress.flatMap(({ applies_to = [''] }) => applies_to);
        for (const { Resource } of Statement) {
          for (const resource of [Resource].flat().map(flattenCfnReference)) {
            if (!resource.includes('*') || suppressed.includes(`Resource::${resource}`)) continue;
            found.push(`${node.node.path}: ${resource}`);
          }
        }
      },
    });

    app.synth();

    expect(courier.node.path).toBe('Consumer/OcrCourier');
    expect(found).toEqual([]);
  });
});

/** The rule without its prefix, logical-id hashes and the ARN of executions. */
function shorten(rule: string): string {
  return rule
    .replace(/^(AwsSolutions::)?AwsSolutions-/, '')
    .replace(/arn:.+:execution:.+\/Chunks:\*/, 'every run of the Map')
    .replace(/arn:.+:execution:.+:\*/, 'every execution')
    .replace(/<OcrCourier(\w+?)[0-9A-F]{8}\./, '<$1.');
}
