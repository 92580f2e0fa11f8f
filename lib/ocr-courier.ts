import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { pollingSchema } from '../functions/contract.ts';
import { parseInput } from '../functions/core/invalid-input.ts';
import type { PollingOverrides } from '../functions/core/polling-policy.ts';
import { ENV } from '../functions/env.ts';
import { acknowledge, acknowledgeBelow } from './acknowledgements.ts';
import { asposeBaseUrl } from './aspose-base-url.ts';
import { CompletionEvents } from './completion-events.ts';
import { PollingWorkflow } from './polling-workflow.ts';
import { ResultStorage } from './result-storage.ts';
import { ServiceFunction } from './service-function.ts';
import { TaskApi, type TaskApiOptions } from './task-api.ts';

export interface OcrCourierProps {
  /**
   * Where Aspose.OCR Cloud is. Only https.
   *
   * @default https://api.aspose.cloud
   */
  readonly asposeBaseUrl?: string;
  /**
   * The secret with Aspose's client credentials: JSON `{ "clientId": "...", "clientSecret": "..." }`.
   *
   * @default - a new secret is made, whose value must be set before the first task
   */
  readonly credentialsSecret?: ISecret;
  /**
   * The polling policy of tasks that bring none of their own: a preset, and values laid over it.
   *
   * @default { preset: 'balanced' }
   */
  readonly polling?: PollingOverrides;
  /**
   * The largest answer that is read, counted inflated and with its base64.
   *
   * @default Size.mebibytes(128)
   */
  readonly maxAnswerSize?: Size;
  /**
   * How long documents are kept.
   *
   * @default Duration.days(30)
   */
  readonly documentRetention?: Duration;
  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * The HTTP API: who may call it, how often, from which pages, and what a cancellation does.
   *
   * @default - callers sign with AWS Signature Version 4; see TaskApiOptions
   */
  readonly api?: TaskApiOptions;
  /**
   * What becomes of documents, records, credentials and logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Room for the longest hold, a slow fetch after it, and storing what it brought. */
const FETCH_RESULT_TIMEOUT = Duration.minutes(5);

/**
 * Collects the results of asynchronous Aspose.OCR Cloud tasks: start an execution of `stateMachine` with a task id,
 * or call the HTTP API at `apiUrl`; find the documents in `bucket`, the task's record in `table`, and its terminal event on `bus`.
 */
export class OcrCourier extends Construct {
  readonly stateMachine: StateMachine;
  readonly bucket: Bucket;
  readonly table: Table;
  readonly bus: EventBus;
  readonly credentialsSecret: ISecret | Secret;
  /** Of the HTTP API, without a slash at its end. */
  readonly apiUrl: string;

  constructor(scope: Construct, id: string, props: OcrCourierProps = {}) {
    super(scope, id);
    const {
      maxAnswerSize = Size.mebibytes(128),
      documentRetention = Duration.days(30),
      logRetention = RetentionDays.ONE_MONTH,
      removalPolicy = RemovalPolicy.RETAIN,
    } = props;
    const polling = parseInput(pollingSchema, props.polling ?? { preset: 'balanced' });
    const baseUrl = asposeBaseUrl(props.asposeBaseUrl);
    const kept = { logRetention, removalPolicy };

    const storage = new ResultStorage(this, 'Storage', { documentRetention, removalPolicy });
    const events = new CompletionEvents(this, 'Events');
    const credentialsSecret = props.credentialsSecret ?? this.emptyCredentialsSecret(removalPolicy);

    const fetchResult = new ServiceFunction(this, 'FetchResult', {
      ...kept,
      description:
        'Polls Aspose.OCR Cloud for the result of one task, and stores and records what comes of it',
      folder: 'fetch-result',
      timeout: FETCH_RESULT_TIMEOUT,
      memorySize: Size.mebibytes(256),
      // The documents of the largest answer, and room to spare.
      ephemeralStorageSize: Size.mebibytes(Math.max(512, maxAnswerSize.toMebibytes() * 2)),
      environment: {
        [ENV.taskTable]: storage.table.tableName,
        [ENV.resultsBucket]: storage.bucket.bucketName,
        [ENV.credentialsSecret]: credentialsSecret.secretArn,
        [ENV.asposeBaseUrl]: baseUrl,
        [ENV.polling]: JSON.stringify(polling),
        [ENV.maxAnswerBytes]: String(maxAnswerSize.toBytes()),
      },
    });
    storage.grantRecords(fetchResult);
    // Not grantPut: that one gives retention and tagging, too.
    fetchResult.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        resources: [storage.bucket.arnForObjects('results/*')],
      }),
    );
    credentialsSecret.grantRead(fetchResult);

    acknowledgeBelow(
      fetchResult.role ?? fetchResult,
      storage.bucket,
      '/results/*',
      'Each task has its own keys',
    );

    const workflow = new PollingWorkflow(this, 'Workflow', {
      ...kept,
      fetchResult,
      fetchResultTimeout: FETCH_RESULT_TIMEOUT,
      bus: events.bus,
    });

    const closeTask = new ServiceFunction(this, 'CloseTask', {
      ...kept,
      description: 'Closes the task of an execution that failed, timed out or was stopped',
      folder: 'close-task',
      timeout: Duration.seconds(30),
      deadLetterQueue: events.unclosedTasks,
      environment: {
        [ENV.taskTable]: storage.table.tableName,
        [ENV.resultsBucket]: storage.bucket.bucketName,
        [ENV.eventBus]: events.bus.eventBusName,
      },
    });
    storage.grantRecords(closeTask);
    events.bus.grantPutEventsTo(closeTask);
    events.closeAbnormalEnds(workflow.stateMachine, closeTask);

    const api = new TaskApi(this, 'Api', {
      ...kept,
      ...props.api,
      stateMachine: workflow.stateMachine,
      storage,
      credentialsSecret,
      asposeBaseUrl: baseUrl,
    });

    this.apiUrl = api.url;
    this.stateMachine = workflow.stateMachine;
    this.bucket = storage.bucket;
    this.table = storage.table;
    this.bus = events.bus;
    this.credentialsSecret = credentialsSecret;
  }

  private emptyCredentialsSecret(removalPolicy: RemovalPolicy): Secret {
    const secret = new Secret(this, 'Credentials', {
      description: 'Aspose.OCR Cloud client credentials: { "clientId": "...", "clientSecret": "..." }',
      removalPolicy,
    });
    acknowledge(secret, 'SMG4', 'Aspose has no API to rotate client credentials: an owner sets them by hand');
    return secret;
  }
}
