import { Duration } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DefinitionBody,
  DistributedMap,
  Fail,
  JsonPath,
  LogLevel,
  Pass,
  Result,
  S3JsonLItemReader,
  StateMachine,
  StateMachineType,
  Succeed,
  TaskInput,
  type TaskStateBase,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { BATCH_FAILED_ERROR } from '../functions/contracts/batch-event.ts';
import type { BatchOutcome } from '../functions/contracts/batch-record.ts';
import {
  BATCH_REFUSED_ERROR,
  type CollectChunkEvent,
  type OpenBatchEvent,
} from '../functions/contracts/collect-batch.ts';
import {
  acknowledgeBelow,
  acknowledgeExecutions,
  acknowledgeMapRuns,
  acknowledgeUnscopedServices,
} from './acknowledgements.ts';
import { CLOSE_BATCH_TIMEOUT } from './close-batch-function.ts';
import { COLLECT_CHUNK_TIMEOUT } from './collect-chunk-function.ts';
import { OPEN_BATCH_TIMEOUT } from './open-batch-function.ts';
import type { ResultStorage } from './result-storage.ts';
import type { ServiceFunctionDefaults } from './service-function.ts';
import { AWS_FAULT_RETRY, throttleRetry } from './state-retries.ts';
import { vendedLogGroupName } from './unique-name.ts';

export interface BatchWorkflowProps extends ServiceFunctionDefaults {
  /** Lists the items of the batch. */
  readonly openBatch: IFunction;
  /** Works on one chunk for some minutes. */
  readonly collectChunk: IFunction;
  /** Ends the batch. */
  readonly closeBatch: IFunction;
  /** Has the list of chunks. */
  readonly storage: ResultStorage;
  /** Maximum number of uploads of an image to Aspose. */
  readonly maxUploads: number;
}

/** The records of a batch are kept for a day longer. */
const BATCH_TIMEOUT = Duration.days(13);

/** Part of the ARN of each chunk's execution. */
const MAP_LABEL = 'Chunks';

/** The errors of an execution that owns no batch. */
const REFUSALS = ['InvalidInput', 'BatchConflict'];

const EXECUTION = {
  batchId: JsonPath.stringAt('$$.Execution.Name'),
  executionArn: JsonPath.stringAt('$$.Execution.Id'),
  executionStartedAt: JsonPath.stringAt('$$.Execution.StartTime'),
  input: JsonPath.objectAt('$$.Execution.Input'),
} satisfies Record<keyof OpenBatchEvent, unknown>;

/** Reads the chunks of a batch. CDK's own reader would let the role read the whole bucket. */
class ChunksReader extends S3JsonLItemReader {
  override providePolicyStatements(): PolicyStatement[] {
    return [];
  }
}

/**
 * A state machine that collects a list of tasks, or recognizes a list of images. It lists the items
 * first. Then a Distributed Map works on chunks of them, each in a child execution with a
 * wait-and-retry loop. At the end, it writes the results and publishes the event of the batch.
 *
 * A child never fails, because a failed child would add its whole record to the output of the Map,
 * and an execution whose data exceeds 256 KiB cannot catch that. So each child outputs one number.
 * `Close chunk` closes the items of a chunk that has failed, and `Close batch` those of a chunk
 * that could not be closed.
 */
export class BatchWorkflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: BatchWorkflowProps) {
    super(scope, id);
    const { openBatch, collectChunk, closeBatch, storage } = props;
    const executionFailed = new Fail(this, 'Execution failed', {
      errorPath: '$.Error',
      causePath: '$.Cause',
    });
    const open = this.invoke('Open batch', openBatch, OPEN_BATCH_TIMEOUT, {
      comment: 'Lists the items of the batch and divides them into chunks',
      payload: TaskInput.fromObject(EXECUTION),
    });
    // The input or the list itself is wrong.
    open.addRetry({ errors: [...REFUSALS, BATCH_REFUSED_ERROR], maxAttempts: 0 });
    this.retryFaults(open, 1);
    const chunks = this.chunks(props);
    const close = this.invoke('Close batch', closeBatch, CLOSE_BATCH_TIMEOUT, {
      comment: 'Writes the results, ends the record and publishes the event, in one or more steps',
      payload: TaskInput.fromObject({ ...EXECUTION, state: JsonPath.objectAt('$') }),
      resultPath: '$.closing',
    });
    this.retryFaults(close, 1);

    open.addCatch(executionFailed, { errors: REFUSALS });
    // The error replaces the state, because the payload of `Close batch` has the input already, and
    // both together can exceed the 256 KiB of a payload.
    for (const state of [open, chunks]) state.addCatch(close);
    close.addCatch(executionFailed);

    const closed = new Choice(this, 'Batch closed?')
      .when(Condition.booleanEquals('$.closing.isClosed', false), close)
      .when(
        Condition.stringEquals('$.closing.outcome', 'Completed' satisfies BatchOutcome),
        new Succeed(this, 'Batch completed', { outputPath: '$.closing.detail' }),
      )
      .otherwise(new Fail(this, 'Batch failed', { error: BATCH_FAILED_ERROR, causePath: '$.closing.cause' }));

    const logs = new LogGroup(this, 'Logs', {
      logGroupName: vendedLogGroupName(this, 'states'),
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromChainable(open.next(chunks).next(close).next(closed)),
      stateMachineType: StateMachineType.STANDARD,
      timeout: BATCH_TIMEOUT,
      tracingEnabled: true,
      logs: { destination: logs, level: LogLevel.ALL, includeExecutionData: false },
    });
    const { role } = this.stateMachine;
    storage.grantReadChunks(role);
    acknowledgeUnscopedServices(role);
    const mapPolicy = this.stateMachine.node.findChild('DistributedMapPolicy');
    acknowledgeExecutions(mapPolicy, this.stateMachine);
    acknowledgeMapRuns(mapPolicy, this.stateMachine, MAP_LABEL);
    for (const invoked of [openBatch, collectChunk, closeBatch])
      acknowledgeBelow(role, invoked, ':*', 'CDK also grants the invocation of its versions');
  }

  private chunks({ collectChunk, closeBatch, storage, maxUploads }: BatchWorkflowProps): DistributedMap {
    const collect = this.invoke('Collect chunk', collectChunk, COLLECT_CHUNK_TIMEOUT, {
      comment: 'Works on the items of the chunk, and stores and records their results',
      resultPath: '$.progress',
    });
    this.retryFaults(collect, maxUploads);
    const close = this.invoke('Close chunk', closeBatch, CLOSE_BATCH_TIMEOUT, {
      comment: 'Ends the items that are left, before the records of their tasks expire',
      resultPath: '$.progress',
    });
    this.retryFaults(close, maxUploads);
    collect.addCatch(close, { resultPath: JsonPath.DISCARD });
    close.addCatch(
      new Pass(this, 'Chunk failed', {
        comment: 'Close batch finds out how many items are left',
        result: Result.fromNumber(1),
      }),
    );
    const ended = new Succeed(this, 'Chunk ended', { outputPath: '$.progress.left' });
    close.next(ended);
    const wait = new Wait(this, 'Wait before next round', {
      time: WaitTime.secondsPath('$.progress.delaySeconds'),
    });
    const anyLeft = new Choice(this, 'Any left?')
      .when(Condition.numberGreaterThan('$.progress.left', 0), wait)
      .otherwise(ended);
    wait.next(collect);

    return new DistributedMap(this, 'Chunks', {
      comment: 'Works on many chunks at the same time',
      label: MAP_LABEL,
      mapExecutionType: StateMachineType.STANDARD,
      itemReader: new ChunksReader({
        // exactOptionalPropertyTypes does not accept a Bucket as an IBucket.
        bucket: Bucket.fromBucketName(this, 'ChunksBucket', storage.bucket.bucketName),
        key: JsonPath.stringAt('$.chunksKey'),
      }),
      itemSelector: {
        chunk: JsonPath.objectAt('$$.Map.Item.Value'),
        batchId: JsonPath.stringAt('$$.Execution.Name'),
        executionArn: JsonPath.stringAt('$$.Execution.Id'),
      } satisfies Record<Exclude<keyof CollectChunkEvent, 'progress'>, unknown>,
      maxConcurrencyPath: '$.concurrency',
      toleratedFailurePercentage: 100,
      resultPath: JsonPath.DISCARD,
    })
      .itemProcessor(collect.next(anyLeft))
      .addRetry({ ...AWS_FAULT_RETRY, errors: ['States.ItemReaderFailed'] });
  }

  /** Without a payload, the function receives the whole input of the state. */
  private invoke(
    stateId: string,
    lambdaFunction: IFunction,
    functionTimeout: Duration,
    options: { readonly comment: string; readonly payload?: TaskInput; readonly resultPath?: string },
  ): LambdaInvoke {
    return new LambdaInvoke(this, stateId, {
      ...options,
      lambdaFunction,
      payloadResponseOnly: true,
      taskTimeout: Timeout.duration(functionTimeout.plus(Duration.seconds(30))),
      retryOnServiceExceptions: false,
    });
  }

  private retryFaults(state: TaskStateBase, maxUploads: number): void {
    state.addRetry(throttleRetry(maxUploads)).addRetry(AWS_FAULT_RETRY);
  }
}
