import { Duration, Names, RemovalPolicy, Size } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus, IEventBus, OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENV } from '../functions/contracts/environment.ts';
import { OUTCOME_NAMES } from '../functions/contracts/outcomes.ts';
import { pollingSchema } from '../functions/contracts/task-input.ts';
import { parseInput } from '../functions/core/invalid-input.ts';
import {
  type PollingOverrides,
  type PollingPolicy,
  resolvePolicy,
} from '../functions/core/polling-policy.ts';
import { acknowledge, acknowledgeBelow } from './acknowledgements.ts';
import { asposeBaseUrl } from './aspose-base-url.ts';
import { CompletionEvents } from './completion-events.ts';
import { CourierMetrics } from './courier-metrics.ts';
import { fetchTimeout } from './fetch-timeout.ts';
import { Monitoring, type MonitoringOptions } from './monitoring.ts';
import { FETCH_RESULT_MEMORY, PollingWorkflow } from './polling-workflow.ts';
import { ResultStorage } from './result-storage.ts';
import { ServiceFunction } from './service-function.ts';
import { TaskApi, type TaskApiOptions } from './task-api.ts';
import { TaskSubmissions } from './task-submissions.ts';

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
   * The time-out of the Lambda function that polls: from 90 seconds beyond the policy's `holdSeconds` to 10 minutes. A
   * task's own, longer hold ends when it must.
   *
   * @default Duration.minutes(5)
   */
  readonly fetchTimeout?: Duration;
  /**
   * How many polling invocations may run at once, at most and for certain (the function's reserved concurrency). Tasks
   * beyond them wait their turn. A task that is held occupies one all the while: docs/operate/limits-costs-scale.md.
   *
   * @default - no bound but the account's, shared with its other functions
   */
  readonly reservedConcurrency?: number;
  /**
   * The largest answer that is read, counted inflated and with its base64.
   *
   * @default Size.mebibytes(128)
   */
  readonly maxAnswerSize?: Size;
  /**
   * Where `OCR Task Submitted` events are published.
   *
   * @default - the courier's own bus
   */
  readonly submissionBus?: IEventBus | EventBus;
  /**
   * The sources whose `OCR Task Submitted` events start collections.
   *
   * @default - every source on the bus
   */
  readonly submissionSources?: readonly string[];
  /**
   * The KMS key that encrypts documents and records. Who reads them needs `kms:Decrypt`, too; grantReadResults gives it.
   *
   * @default - keys that AWS manages
   */
  readonly encryptionKey?: IKey;
  /**
   * How long documents are kept.
   *
   * @default Duration.days(30)
   */
  readonly documentRetention?: Duration;
  /**
   * How long the archive keeps terminal events, to be replayed. Whole days.
   *
   * @default Duration.days(14)
   */
  readonly eventRetention?: Duration;
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
   * The dashboard and the alarms.
   *
   * @default - both, and nobody is told; see MonitoringOptions
   */
  readonly monitoring?: MonitoringOptions;
  /**
   * What becomes of documents, records, credentials and logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

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
  /** `OCR Task Submitted` events that started nothing, each with its reason. */
  readonly refusedSubmissions: Queue;
  /** Ends of executions that could not be closed. */
  readonly unclosedTasks: Queue;
  /** The mappings that lead from these two queues back to their functions, disabled: docs/runbook.md. */
  readonly redrives: {
    readonly refusedSubmissions: EventSourceMapping;
    readonly unclosedTasks: EventSourceMapping;
  };
  /** Where the functions write that collect tasks, close those that ended abnormally, and serve the HTTP API. */
  readonly logGroups: {
    readonly fetchResult: ILogGroup;
    readonly closeTask: ILogGroup;
    readonly taskApi: ILogGroup;
  };
  /** Undefined without monitoring. */
  readonly dashboard?: Dashboard;
  /** The policy of tasks that bring none of their own, with its preset's values. */
  readonly pollingPolicy: PollingPolicy;
  private readonly events: CompletionEvents;

  constructor(scope: Construct, id: string, props: OcrCourierProps = {}) {
    super(scope, id);
    const {
      maxAnswerSize = Size.mebibytes(128),
      documentRetention = Duration.days(30),
      eventRetention = Duration.days(14),
      logRetention = RetentionDays.ONE_MONTH,
      removalPolicy = RemovalPolicy.RETAIN,
    } = props;
    const polling = parseInput(pollingSchema, props.polling ?? { preset: 'balanced' });
    const pollingPolicy = resolvePolicy(polling);
    const timeout = fetchTimeout(pollingPolicy.holdSeconds, props.fetchTimeout);
    const baseUrl = asposeBaseUrl(props.asposeBaseUrl);
    const metricsService = Names.uniqueResourceName(this, { maxLength: 100 });
    const kept = { logRetention, removalPolicy };

    const storage = new ResultStorage(this, 'Storage', {
      documentRetention,
      encryptionKey: props.encryptionKey,
      removalPolicy,
    });
    const events = new CompletionEvents(this, 'Events', { eventRetention });
    const credentialsSecret = props.credentialsSecret ?? this.emptyCredentialsSecret(removalPolicy);

    const fetchResult = new ServiceFunction(this, 'FetchResult', {
      ...kept,
      description:
        'Polls Aspose.OCR Cloud for the result of one task, and stores and records what comes of it',
      folder: 'fetch-result',
      timeout,
      memorySize: FETCH_RESULT_MEMORY,
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      // The documents of the largest answer, and room to spare.
      ephemeralStorageSize: Size.mebibytes(Math.max(512, maxAnswerSize.toMebibytes() * 2)),
      environment: {
        [ENV.taskTable]: storage.table.tableName,
        [ENV.resultsBucket]: storage.bucket.bucketName,
        [ENV.credentialsSecret]: credentialsSecret.secretArn,
        [ENV.asposeBaseUrl]: baseUrl,
        [ENV.polling]: JSON.stringify(polling),
        [ENV.metricsService]: metricsService,
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
      fetchResultTimeout: timeout,
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
        [ENV.metricsService]: metricsService,
      },
    });
    storage.grantRecords(closeTask);
    events.bus.grantPutEventsTo(closeTask);
    events.closeAbnormalEnds(workflow.stateMachine, closeTask);

    const submissions = new TaskSubmissions(this, 'Submissions', {
      ...kept,
      stateMachine: workflow.stateMachine,
      storage,
      bus: props.submissionBus ?? events.bus,
      sources: props.submissionSources,
    });

    const api = new TaskApi(this, 'Api', {
      ...kept,
      ...props.api,
      stateMachine: workflow.stateMachine,
      storage,
      bus: events.bus,
      metricsService,
      credentialsSecret,
      asposeBaseUrl: baseUrl,
    });

    const { enabled = true, ...monitoring } = props.monitoring ?? {};
    if (enabled) {
      this.dashboard = new Monitoring(this, 'Monitoring', {
        ...monitoring,
        metrics: new CourierMetrics(metricsService),
        stateMachine: workflow.stateMachine,
        fetchResult,
        closeTask,
        api: api.httpApi,
        refusedSubmissions: submissions.refused,
        unclosedTasks: events.unclosedTasks,
      }).dashboard;
    }

    this.apiUrl = api.url;
    this.stateMachine = workflow.stateMachine;
    this.bucket = storage.bucket;
    this.table = storage.table;
    this.bus = events.bus;
    this.credentialsSecret = credentialsSecret;
    this.refusedSubmissions = submissions.refused;
    this.events = events;
    this.unclosedTasks = events.unclosedTasks;
    this.redrives = {
      refusedSubmissions: submissions.redrive,
      unclosedTasks: events.unclosedTasks.redriveTo(closeTask),
    };
    this.logGroups = {
      fetchResult: fetchResult.logGroup,
      closeTask: closeTask.logGroup,
      taskApi: api.logGroup,
    };
    this.pollingPolicy = pollingPolicy;
  }

  /** Lets someone start executions of the state machine. */
  grantStart(grantee: IGrantable): Grant {
    return this.stateMachine.grants.startExecution(grantee);
  }

  /** Lets someone read documents and manifests whose keys they know from an event or a record; not list them. */
  grantReadResults(grantee: IGrantable): Grant {
    this.bucket.encryptionKey?.grantDecrypt(grantee);
    return Grant.addToPrincipalOrResource({
      grantee,
      actions: ['s3:GetObject'],
      resourceArns: [this.bucket.arnForObjects('results/*')],
      resource: this.bucket,
    });
  }

  /** A rule for `OCR Task Completed`. A dead-letter queue for what cannot be delivered is the target's own matter. */
  onCompleted(id: string, options: OnEventOptions = {}): Rule {
    return this.events.onOutcome(this, id, ['Completed'], options);
  }

  /** A rule for `OCR Task Failed`: that outcome alone, not the others that a task may end with. */
  onFailed(id: string, options: OnEventOptions = {}): Rule {
    return this.events.onOutcome(this, id, ['Failed'], options);
  }

  /** A rule for every terminal event: each task ends with one of them. */
  onAnyOutcome(id: string, options: OnEventOptions = {}): Rule {
    return this.events.onOutcome(this, id, OUTCOME_NAMES, options);
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
