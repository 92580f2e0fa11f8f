import { Duration, Names, RemovalPolicy, type Size } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus, IEventBus, OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { BATCH_COMPLETED_DETAIL_TYPE } from '../functions/contracts/batch-event.ts';
import { IMAGE_REFUSED_DETAIL_TYPE } from '../functions/contracts/image-event.ts';
import { OUTCOME_NAMES } from '../functions/contracts/outcomes.ts';
import { DEFAULT_PRESET } from '../functions/contracts/polling-presets.ts';
import { InvalidInput } from '../functions/core/invalid-input.ts';
import {
  type PollingOverrides,
  type PollingPolicy,
  resolvePolicy,
} from '../functions/core/polling-policy.ts';
import { Analysis, type AnalysisOptions } from './analysis/analysis.ts';
import { Batches } from './batches.ts';
import { CompletionEvents } from './completion-events.ts';
import { CourierMetrics } from './courier-metrics.ts';
import { DEFAULT_FETCH_TIMEOUT } from './fetch-timeout.ts';
import { Monitoring, type MonitoringOptions } from './monitoring.ts';
import { createPollingWorkflows } from './polling-workflows.ts';
import { DEFAULT_RESPONSE_SIZE } from './response-size.ts';
import { ResultStorage } from './result-storage.ts';
import { checkProps, DEFAULT_MAX_UPLOADS } from './settings.ts';
import { Starts } from './starts.ts';
import { TaskApi, type TaskApiOptions } from './task-api.ts';
import { createVendorAccess, type VendorAccess } from './vendor-access.ts';

export interface OcrCourierProps {
  /**
   * Base URL of Aspose.OCR Cloud. It must be https. The functions check a CDK token, such as a
   * parameter's value, and tasks end as Failed with reason InternalError if it is not allowed.
   *
   * @default https://api.aspose.cloud
   */
  readonly asposeBaseUrl?: string;
  /**
   * Secret with Aspose's client credentials: JSON `{ "clientId": "...", "clientSecret": "..." }`.
   *
   * @default - a new secret, whose value you must set before the first task
   */
  readonly credentialsSecret?: ISecret;
  /**
   * Polling policy of tasks whose input has no `polling`: a preset and the values that override it.
   *
   * @default { preset: 'balanced' }
   */
  readonly polling?: PollingOverrides;
  /**
   * Timeout of the Lambda function that polls, at most 10 minutes. It must exceed the policy's
   * `holdSeconds` by 270 seconds, to poll and store a result. The hold of a task with a longer
   * `holdSeconds` of its own ends early.
   *
   * @default Duration.minutes(8)
   */
  readonly fetchTimeout?: Duration;
  /**
   * Reserved concurrency of the Lambda function that polls: both its maximum and its guaranteed
   * number of concurrent invocations. Further tasks wait. A held task occupies one invocation:
   * docs/operate/limits-costs-scale.md.
   *
   * @default - limited only by the account's concurrency, which other functions share
   */
  readonly reservedConcurrency?: number;
  /**
   * Reserved concurrency of the Lambda function that works on the chunks of batches: both its
   * maximum and its guaranteed number of concurrent invocations. Further chunks wait, whatever the
   * `concurrency` of their batches.
   *
   * @default - limited only by the `concurrency` of each batch and by the account's concurrency
   */
  readonly reservedChunkConcurrency?: number;
  /**
   * Maximum size of a response from Aspose, after decompression and with its base64: up to 480 MiB,
   * which Lambda can receive in a minute. A task with a larger response ends as Failed with reason
   * ResultTooLarge.
   *
   * @default Size.mebibytes(128)
   */
  readonly maxAnswerSize?: Size;
  /**
   * Maximum number of uploads of an image to Aspose, at most 5. An image is uploaded again when
   * Aspose has lost its task, or when it is unknown whether an upload created a task. Aspose may
   * bill each upload.
   *
   * @default 2
   */
  readonly maxUploads?: number;
  /**
   * Buckets whose images may be recognized, in addition to the inbox of the courier's own bucket.
   * The courier can read every object in them. An encrypted bucket must be imported with its
   * `encryptionKey`, or the key's policy must let the functions decrypt.
   *
   * @default - none
   */
  readonly sources?: readonly (IBucket | Bucket)[];
  /**
   * Event bus on which `OCR Task Submitted` events are published.
   *
   * @default - the courier's own bus
   */
  readonly submissionBus?: IEventBus | EventBus;
  /**
   * Sources whose `OCR Task Submitted` events start collections.
   *
   * @default - every source on the bus
   */
  readonly submissionSources?: readonly string[];
  /**
   * KMS key that encrypts images, documents and records. Readers need `kms:Decrypt`, and those who
   * upload `kms:GenerateDataKey`, which `grantReadResults` and `grantUpload` include.
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
   * How long the archive keeps terminal events for replay, in whole days.
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
   * The HTTP API: authorization, throttling, CORS, waiting, and what a cancellation does.
   *
   * @default - callers sign with AWS Signature Version 4; see TaskApiOptions
   */
  readonly api?: TaskApiOptions;
  /**
   * The dashboard and the alarms.
   *
   * @default - dashboard and alarms; no notifications. See MonitoringOptions
   */
  readonly monitoring?: MonitoringOptions;
  /**
   * Whether to keep a line about each ended task and refused image, and to offer queries over them
   * in Athena. `true` is the same as an object without options.
   *
   * @default false
   */
  readonly analysis?: boolean | AnalysisOptions;
  /**
   * What happens to documents, records, credentials and logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Recognizes images with Aspose.OCR Cloud, and collects the results of its asynchronous tasks.
 *
 * For an image, upload it to `inbox/<operation>/` in `bucket`, start an execution of
 * `recognizeStateMachine`, or call the HTTP API at `apiUrl`. For a task that exists already, start
 * an execution of `stateMachine` with its id, call the API, or publish an `OCR Task Submitted`
 * event. For many images or tasks, upload a list to `lists/`, or start an execution of
 * `batchStateMachine`. The documents are stored in `bucket`, the records of tasks, images and
 * batches in `table`, and the terminal event is published on `bus`.
 *
 * @example
 * const courier = new OcrCourier(this, 'OcrCourier', { polling: { preset: 'frugal' } });
 * courier.grantUpload(scanner);
 * courier.grantReadResults(reader);
 * courier.onCompleted('Completed', { target: new LambdaFunction(reader) });
 * courier.onImageRefused('Refused', { target: new LambdaFunction(reader) });
 */
export class OcrCourier extends Construct {
  /** Collects one task per execution. Its input is documented in docs/use/start.md. */
  readonly stateMachine: StateMachine;
  /** Recognizes one image per execution. Its input is documented in docs/use/recognize.md. */
  readonly recognizeStateMachine: StateMachine;
  /**
   * Collects a list of tasks, or recognizes a list of images, per execution. The name of the
   * execution is the id of the batch.
   */
  readonly batchStateMachine: StateMachine;
  /**
   * Images under `inbox/<operation>/`; documents and manifests under
   * `results/<operation>/<taskId>/`. Lists under `lists/`, their images under `images/`, and what
   * batches store under `batches/<batchId>/`.
   */
  readonly bucket: Bucket;
  /**
   * Records of tasks, images and batches. A task's expires with Aspose's result after 24 hours, an
   * image's 26 hours per allowed upload after its recognition started, and a batch's after 14 days.
   */
  readonly table: Table;
  /** Receives one terminal event per task, or per image without a task, and one per batch. */
  readonly bus: EventBus;
  /** Secret with Aspose's client credentials. */
  readonly credentialsSecret: VendorAccess['credentialsSecret'];
  /** URL of the HTTP API, without a trailing slash. */
  readonly apiUrl: string;
  /** Submitted tasks and uploaded images whose executions are about to be started. */
  readonly startsQueue: Queue;
  /** Requests that can start nothing, each with its reason. */
  readonly refusedSubmissions: Queue;
  /**
   * Requests that failed for an hour because of faults in AWS. SQS's own redrive moves them back to
   * `startsQueue`. Name that destination: EventBridge sends undeliverable events here directly.
   */
  readonly failedStarts: Queue;
  /** Ended executions whose task could not be closed. */
  readonly unclosedTasks: Queue;
  /**
   * Disabled mappings from `refusedSubmissions` and `unclosedTasks` back to their functions:
   * docs/operate/runbook.md.
   */
  readonly redrives: {
    readonly refusedSubmissions: EventSourceMapping;
    readonly unclosedTasks: EventSourceMapping;
  };
  /**
   * Log groups of the functions that start executions, submit images, collect tasks, close
   * abnormally ended ones, list, process and close batches, and serve the HTTP API.
   */
  readonly logGroups: {
    readonly startExecutions: ILogGroup;
    readonly submitImage: ILogGroup;
    readonly fetchResult: ILogGroup;
    readonly closeTask: ILogGroup;
    readonly openBatch: ILogGroup;
    readonly collectChunk: ILogGroup;
    readonly closeBatch: ILogGroup;
    readonly taskApi: ILogGroup;
  };
  /** Undefined when monitoring is off. */
  readonly dashboard?: Dashboard;
  /** The queries over ended tasks. Undefined when analysis is off. */
  readonly analysis?: Analysis;
  /** The polling policy of tasks whose input has no `polling`, with its preset's values. */
  readonly pollingPolicy: PollingPolicy;
  private readonly storage: ResultStorage;
  private readonly events: CompletionEvents;
  private readonly api: TaskApi;

  constructor(scope: Construct, id: string, props: OcrCourierProps = {}) {
    super(scope, id);
    checkProps(props);
    const { logRetention = RetentionDays.ONE_MONTH, removalPolicy = RemovalPolicy.RETAIN } = props;
    const { documentRetention = Duration.days(30), eventRetention = Duration.days(14) } = props;
    const { maxAnswerSize = DEFAULT_RESPONSE_SIZE, reservedConcurrency, encryptionKey } = props;
    const { maxUploads = DEFAULT_MAX_UPLOADS, sources = [], reservedChunkConcurrency } = props;
    const { polling = { preset: DEFAULT_PRESET }, fetchTimeout: timeout = DEFAULT_FETCH_TIMEOUT } = props;
    this.pollingPolicy = resolvePolicy(polling);
    const metricsService = Names.uniqueResourceName(this, { maxLength: 100 });
    const vendor = createVendorAccess(this, props, removalPolicy);

    const storage = new ResultStorage(this, 'Storage', {
      ...{ documentRetention, encryptionKey, removalPolicy, sources },
      corsOrigins: props.api?.corsOrigins,
    });
    const shared = { storage, metricsService, maxUploads, logRetention, removalPolicy };
    const events = new CompletionEvents(this, 'Events', { ...shared, eventRetention });
    const { bus, closeTask } = events;
    const workers = { ...shared, vendor, bus, polling, maxAnswerSize };
    const { submitImage, fetchResult, collectResult, recognizeImage } = createPollingWorkflows(this, {
      ...{ ...workers, closeTask, timeout, reservedConcurrency },
    });
    const batches = new Batches(this, 'Batches', { ...workers, reservedChunkConcurrency });
    const { collectChunk, closeBatch, stateMachine: collectBatch } = batches;
    const machines = { collectResult, recognizeImage, collectBatch };
    events.closeAbnormalEnds([collectResult, recognizeImage], collectBatch);
    const starts = new Starts(this, 'Starts', {
      ...{ ...shared, ...machines },
      ...{ bus: props.submissionBus ?? bus, sources: props.submissionSources },
    });
    const api = new TaskApi(this, 'Api', { ...shared, ...machines, ...props.api, bus, vendor });
    const { analysis = false } = props;
    if (analysis !== false) {
      const options = analysis === true ? {} : analysis;
      this.analysis = new Analysis(this, 'Analysis', { ...options, ...shared, events });
    }
    const { enabled = true, ...monitoring } = props.monitoring ?? {};
    if (enabled) {
      this.dashboard = new Monitoring(this, 'Monitoring', {
        ...{ ...monitoring, metrics: new CourierMetrics(metricsService) },
        ...{ ...machines, submitImage, fetchResult, closeTask, collectChunk, closeBatch },
        ...{ api: api.httpApi, refusedSubmissions: starts.refused, failedStarts: starts.failed },
        ...{ unclosedTasks: events.unclosedTasks, lineDelivery: this.analysis?.delivery },
      }).dashboard;
    }

    this.storage = storage;
    this.events = events;
    this.api = api;
    this.stateMachine = collectResult;
    this.recognizeStateMachine = recognizeImage;
    this.batchStateMachine = collectBatch;
    this.bucket = storage.bucket;
    this.table = storage.table;
    this.bus = bus;
    this.credentialsSecret = vendor.credentialsSecret;
    this.apiUrl = api.url;
    this.startsQueue = starts.queue;
    this.refusedSubmissions = starts.refused;
    this.failedStarts = starts.failed;
    this.unclosedTasks = events.unclosedTasks;
    this.redrives = { refusedSubmissions: starts.redrive, unclosedTasks: events.redrive };
    this.logGroups = {
      startExecutions: starts.logGroup,
      submitImage: submitImage.logGroup,
      fetchResult: fetchResult.logGroup,
      closeTask: closeTask.logGroup,
      ...batches.logGroups,
      taskApi: api.logGroup,
    };
  }

  /**
   * Lets a grantee start executions that recognize images of `sources` or of the inbox. It needs
   * no access to the images.
   */
  grantRecognize(grantee: IGrantable): Grant {
    return this.recognizeStateMachine.grants.startExecution(grantee);
  }

  /**
   * Lets a grantee upload images to `bucket`: to `inbox/<operation>/`, which starts their
   * recognition, and to `images/`, which starts nothing. It cannot read, list or delete them.
   */
  grantUpload(grantee: IGrantable): Grant {
    return this.storage.allowUploadImages(grantee);
  }

  /**
   * Lets a grantee start batches: with an execution of `batchStateMachine`, or with a list that it
   * uploads to `lists/<batchId>.<jsonl|json|csv>` in `bucket`. It may also upload images for them
   * to `images/`, which starts nothing.
   *
   * @example
   * courier.grantStartBatch(archive);
   * courier.onBatchCompleted('BatchCompleted', { target: new LambdaFunction(archive) });
   */
  grantStartBatch(grantee: IGrantable): Grant {
    const upload = this.storage.allowUploadLists(grantee);
    return this.batchStateMachine.grants.startExecution(grantee).combine(upload);
  }

  /** Lets a grantee start executions that collect tasks. */
  grantStart(grantee: IGrantable): Grant {
    return this.stateMachine.grants.startExecution(grantee);
  }

  /**
   * Lets a grantee call every route of the HTTP API with AWS signatures, as `ocr-courier/client`
   * does. With `api.jwtAuthorizer`, the API accepts tokens only.
   */
  grantCallApi(grantee: IGrantable): Grant {
    return this.api.grantCall(grantee);
  }

  /**
   * Lets a grantee read documents and manifests whose keys it knows from an event or a record. It
   * cannot list keys.
   */
  grantReadResults(grantee: IGrantable): Grant {
    return this.storage.allowReadDocuments(grantee);
  }

  /**
   * Lets a grantee run queries over ended tasks: docs/use/analyze.md. It needs no access to
   * documents.
   *
   * @throws InvalidInput when analysis is off
   */
  grantAnalyze(grantee: IGrantable): Grant {
    if (this.analysis === undefined) throw new InvalidInput('analysis', 'false', 'true, for grantAnalyze');
    return this.analysis.grantAnalyze(grantee);
  }

  /**
   * Adds a rule for `OCR Task Completed`. Configure a dead-letter queue for undelivered events at
   * the target.
   */
  onCompleted(id: string, options: OnEventOptions = {}): Rule {
    return this.events.onOutcome(this, id, ['Completed'], options);
  }

  /** Adds a rule for `OCR Task Failed` only, not for the other outcomes without a result. */
  onFailed(id: string, options: OnEventOptions = {}): Rule {
    return this.events.onOutcome(this, id, ['Failed'], options);
  }

  /**
   * Adds a rule for `OCR Image Refused`. An image is refused before it has a task, so it has no
   * other event.
   */
  onImageRefused(id: string, options: OnEventOptions = {}): Rule {
    return this.events.onDetailType(this, id, [IMAGE_REFUSED_DETAIL_TYPE], options);
  }

  /**
   * Adds a rule for `OCR Batch Completed`, which a batch publishes however it ends: see `outcome`
   * and `counts` in its detail.
   *
   * @example
   * courier.onBatchCompleted('Stopped', {
   *   target: new LambdaFunction(archive),
   *   eventPattern: { detail: { outcome: ['Stopped', 'Failed', 'Refused'] } },
   * });
   */
  onBatchCompleted(id: string, options: OnEventOptions = {}): Rule {
    return this.events.onDetailType(this, id, [BATCH_COMPLETED_DETAIL_TYPE], options);
  }

  /** Adds a rule for every terminal event of a task. Each task publishes exactly one. */
  onAnyOutcome(id: string, options: OnEventOptions = {}): Rule {
    return this.events.onOutcome(this, id, OUTCOME_NAMES, options);
  }
}
