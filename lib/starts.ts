import { Duration } from 'aws-cdk-lib';
import { type EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { type EventSourceMapping, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { LISTS_PREFIX } from '../functions/contracts/batch-keys.ts';
import { INBOX_PREFIX } from '../functions/contracts/image-input.ts';
import { SUBMITTED_DETAIL_TYPE } from '../functions/contracts/task-event.ts';
import { acknowledgeExecutions } from './acknowledgements.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ResultStorage } from './result-storage.ts';
import { ServiceFunction, type ServiceFunctionDefaults } from './service-function.ts';

export interface StartsProps extends ServiceFunctionDefaults {
  readonly collectResult: StateMachine;
  readonly recognizeImage: StateMachine;
  readonly collectBatch: StateMachine;
  readonly storage: ResultStorage;
  /** The bus on which `OCR Task Submitted` events are published. */
  readonly bus: IEventBus | EventBus;
  /** @default - every source on the bus */
  readonly sources?: readonly string[] | undefined;
  readonly maxUploads: number;
}

/** Ten requests take a few seconds; a throttled StartExecution is retried for some more. */
const FUNCTION_TIMEOUT = Duration.seconds(30);

/** AWS recommends six times the timeout of the function. */
const VISIBILITY_TIMEOUT = Duration.seconds(6 * FUNCTION_TIMEOUT.toSeconds());

/** Tries of one request: together, the visibility timeouts cover an hour of throttling. */
const MAX_RECEIVE_COUNT = Math.ceil(3600 / VISIBILITY_TIMEOUT.toSeconds());

/** Concurrent invocations. More would only be throttled by StartExecution. */
const MAX_CONCURRENCY = 10;

/**
 * Starts an execution for each `OCR Task Submitted` event, for each image in the inbox and for each
 * list of a batch. A queue absorbs bursts that StartExecution throttles.
 */
export class Starts extends Construct {
  /** Requests that can start nothing, each with its reason. */
  readonly refused: DeadLetterQueue;
  /** Requests that failed for an hour because of faults in AWS. */
  readonly failed: DeadLetterQueue;
  /** Disabled mapping that sends refused requests again while an operator enables it. */
  readonly redrive: EventSourceMapping;
  /** The queue that `failed` belongs to. */
  readonly queue: Queue;
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: StartsProps) {
    super(scope, id);
    const { storage, bus, sources } = props;
    this.refused = new DeadLetterQueue(this, 'Refused');
    this.failed = new DeadLetterQueue(this, 'Failed');
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: VISIBILITY_TIMEOUT,
      deadLetterQueue: { queue: this.failed, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    const startExecutions = this.startExecutionsFunction(props);
    this.queue.grantConsumeMessages(startExecutions);
    this.logGroup = startExecutions.logGroup;
    startExecutions.addEventSourceMapping('Starts', {
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      maxConcurrency: MAX_CONCURRENCY,
      reportBatchItemFailures: true,
    });
    this.redrive = this.refused.redriveTo(startExecutions, { reportBatchItemFailures: true });

    const target = new SqsQueue(this.queue, { deadLetterQueue: this.failed });
    new Rule(this, 'Submitted', {
      description: 'Starts the collection of a task that was submitted to Aspose.OCR Cloud',
      eventBus: bus,
      eventPattern: { detailType: [SUBMITTED_DETAIL_TYPE], ...(sources && { source: [...sources] }) },
      targets: [target],
    });
    new Rule(this, 'Inbox', {
      description: 'Starts the recognition of an image that was uploaded to the inbox, or a batch for a list',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [storage.bucket.bucketName] },
          object: { key: [{ prefix: INBOX_PREFIX }, { prefix: LISTS_PREFIX }] },
        },
      },
      targets: [target],
    });
  }

  private startExecutionsFunction(props: StartsProps): ServiceFunction {
    const { storage, collectResult, recognizeImage, collectBatch, maxUploads } = props;
    const { logRetention, removalPolicy } = props;
    const startExecutions = new ServiceFunction(this, 'StartExecutions', {
      logRetention,
      removalPolicy,
      description: 'Starts an execution for a submitted task, an image in the inbox or a list of a batch',
      folder: 'start-executions',
      timeout: FUNCTION_TIMEOUT,
      // A trace costs $5 per million, and the execution has one of its own.
      tracing: Tracing.PASS_THROUGH,
      environment: {
        TASK_TABLE: storage.table.tableName,
        STATE_MACHINE: collectResult.stateMachineArn,
        RECOGNIZE_STATE_MACHINE: recognizeImage.stateMachineArn,
        BATCH_STATE_MACHINE: collectBatch.stateMachineArn,
        REFUSED_QUEUE: this.refused.queueUrl,
        MAX_UPLOADS: String(maxUploads),
      },
    });
    storage.grantRecords(startExecutions);
    storage.grantReadInbox(startExecutions);
    storage.grantReadLists(startExecutions);
    this.refused.grantSendMessages(startExecutions);
    for (const stateMachine of [collectResult, recognizeImage, collectBatch]) {
      stateMachine.grants.startExecution(startExecutions);
      stateMachine.grants.execution(startExecutions, 'states:DescribeExecution');
      acknowledgeExecutions(startExecutions.serviceRole, stateMachine);
    }
    return startExecutions;
  }
}
