import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { App, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DefinitionBody,
  DistributedMap,
  JsonPath,
  Pass,
  Result,
  S3JsonLItemReader,
  StateMachine,
  StateMachineType,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { expect, it, onTestFinished } from 'vitest';
import { openDataDirectory } from '../../../cli/data-directory.ts';
import { VirtualClock } from '../../../local/clock.ts';
import {
  type EmbeddedStack,
  type EmbeddedStackOptions,
  startEmbeddedStack,
} from '../../../local/embedded-aws/embedded-stack.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';
import { eventsOf } from '../../support/listening.ts';

const START = '2026-01-01T00:00:00Z';

/** Synthesizes a machine that collects chunks in rounds of an hour. */
async function synthesizeMap(): Promise<string> {
  const code = await temporaryDirectory();
  await writeFile(
    join(code, 'index.js'),
    `exports.handler = async ({ chunk, progress = { left: chunk.rounds } }) => {
      if (chunk.rounds < 0) throw new Error('broken chunk');
      return progress.left > 1 ? { left: progress.left - 1, waitSeconds: 3600 } : { left: 0 };
    };`,
  );
  const app = new App({ outdir: await temporaryDirectory(), analyticsReporting: false });
  const scope = new Stack(app, 'Batches');
  const bucket = Bucket.fromCfnBucket(new CfnBucket(scope, 'Chunks'));
  const collector = new LambdaFunction(scope, 'Collector', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(code),
  });
  const collect = new LambdaInvoke(scope, 'Collect chunk', {
    lambdaFunction: collector,
    payloadResponseOnly: true,
    resultPath: '$.progress',
  });
  collect.addCatch(new Pass(scope, 'Chunk failed', { result: Result.fromString('failed') }));
  const wait = new Wait(scope, 'Wait before next round', {
    time: WaitTime.secondsPath('$.progress.waitSeconds'),
  });
  const chunks = new DistributedMap(scope, 'Collect chunks', {
    label: 'Chunks',
    mapExecutionType: StateMachineType.STANDARD,
    itemReader: new S3JsonLItemReader({ bucket, key: JsonPath.stringAt('$.chunksKey') }),
    itemSelector: {
      chunk: JsonPath.objectAt('$$.Map.Item.Value'),
      batchId: JsonPath.executionName,
    },
    maxConcurrencyPath: '$.concurrency',
    toleratedFailurePercentage: 100,
  });
  chunks.itemProcessor(
    collect.next(
      new Choice(scope, 'Any left?')
        .when(Condition.isPresent('$.progress.waitSeconds'), wait.next(collect))
        .otherwise(new Succeed(scope, 'Chunk done', { outputPath: '$.progress.left' })),
    ),
  );
  new StateMachine(scope, 'Machine', { definitionBody: DefinitionBody.fromChainable(chunks) });
  return app.synth().directory;
}

/** Starts the stack with an object of chunks. */
async function startWithChunks(options: EmbeddedStackOptions, rounds: readonly number[]) {
  const stack = await startEmbeddedStack(options);
  await new S3Client({ ...stack.clientConfig('s3'), forcePathStyle: true }).send(
    new PutObjectCommand({
      Bucket: stack.resource('AWS::S3::Bucket').name,
      Key: 'chunks.jsonl',
      Body: rounds.map((count) => JSON.stringify({ rounds: count })).join('\n'),
    }),
  );
  return stack;
}

const startBatch = (stack: EmbeddedStack) =>
  stack.startExecution({ name: 'batch', input: { chunksKey: 'chunks.jsonl', concurrency: 2 } });

it('runs a synthesized Distributed Map, whose events are those of its parent execution', async () => {
  const assemblyDirectory = await synthesizeMap();
  const clock = new VirtualClock(START);
  const stack = await startWithChunks({ assemblyDirectory, clock }, [3, -1, 1]);
  onTestFinished(() => stack.close());
  const events = eventsOf(stack);

  const { executionArn } = await startBatch(stack);
  const execution = await stack.executionEnded(executionArn);
  await stack.settled();

  expect(execution).toMatchObject({ status: 'SUCCEEDED', output: [0, 'failed', 0] });
  expect(clock.now()).toBe(Date.parse('2026-01-01T02:00:00Z'));
  expect(events.map(({ detail }) => [Object(detail).executionArn, Object(detail).status])).toEqual([
    [executionArn, 'RUNNING'],
    [executionArn, 'SUCCEEDED'],
  ]);
});

it('describes a child execution while it runs, and stops it when the stack closes', async () => {
  const assemblyDirectory = await synthesizeMap();
  const clock = new VirtualClock(START);
  const stack = await startWithChunks({ assemblyDirectory, clock }, [1000]);
  onTestFinished(() => stack.close());
  const { executionArn } = await startBatch(stack);
  const childArn = `${executionArn.replace(/:batch$/, '/Chunks:batch')}-0`;
  await clock.sleep(60_000);

  const described = await new SFNClient(stack.clientConfig('states')).send(
    new DescribeExecutionCommand({ executionArn: childArn }),
  );
  const ended = stack.executionEnded(childArn);
  await stack.close();

  expect(described).toMatchObject({
    executionArn: childArn,
    status: 'RUNNING',
    input: JSON.stringify({ batchId: 'batch', chunk: { rounds: 1000 } }),
  });
  expect(await ended).toMatchObject({ status: 'ABORTED' });
});

it('restarts only the parent execution after its process has ended, with new children', async () => {
  const assemblyDirectory = await synthesizeMap();
  const directory = await temporaryDirectory();
  const clock = new VirtualClock(START);
  {
    using data = openDataDirectory(directory);
    const stack = await startWithChunks({ assemblyDirectory, clock, data }, [3, 2]);
    await startBatch(stack);
    await clock.sleep(60_000);
    await stack.close();
  }

  using data = openDataDirectory(directory);
  const stack = await startEmbeddedStack({ assemblyDirectory, clock, data });
  const restarted = stack.resumeExecutions();
  const { executionArn } = await startBatch(stack);
  const execution = await stack.executionEnded(executionArn);
  await stack.close();

  expect(restarted).toBe(1);
  expect(execution).toMatchObject({
    status: 'SUCCEEDED',
    startDate: new Date(START),
    output: [0, 0],
  });
});
