import type { DataDirectory } from '../../cli/data-directory.ts';
import { type Clock, systemClock } from '../clock.ts';
import { readAssembly } from './assembly.ts';
import { CREDENTIALS, REGION } from './aws-account.ts';
import { startAwsEndpoint } from './aws-endpoint.ts';
import { EMPTY_SETTINGS_FILES, forgetAwsSettings } from './aws-settings.ts';
import { createBackgroundWork } from './background-work.ts';
import { readDeliveryStreams } from './delivery-streams.ts';
import { readTables, startDynamoDb } from './dynamodb.ts';
import {
  createEventBuses,
  type EventListener,
  eventBridgeOperations,
  type RefuseEvents,
} from './event-bus.ts';
import { readEventRules } from './event-rules.ts';
import { readEventSourceMappings } from './event-source-mappings.ts';
import type { Execution } from './execution.ts';
import { createExecutionStore } from './execution-store.ts';
import { startHttpApi } from './http-api.ts';
import { type StartEnvironment, startLambdaEnvironment } from './lambda-environment.ts';
import { createObjectCreatedEvents } from './object-created.ts';
import { readLambdaFunctions } from './read-lambda-functions.ts';
import { readStateMachines } from './read-state-machines.ts';
import { IDENTIFIED_TYPES } from './resource-types.ts';
import { startS3AndSqs } from './s3-and-sqs.ts';
import { secretsManagerOperations } from './secrets-manager.ts';
import type { StartExecutionRequest } from './state-machine.ts';
import { createStepFunctions } from './step-functions.ts';
import { type Resource, readTemplate, type Template } from './template.ts';
import { createTokenBucket, type RequestQuota } from './token-bucket.ts';

export interface EmbeddedStackOptions {
  /** A cloud assembly with one stack, such as `cdk.out`. */
  readonly assemblyDirectory: string;
  /** The clock of states, retries, timeouts and sleeping functions. @default systemClock */
  readonly clock?: Clock;
  /** Environment variables that override every function's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Returns the value of a secret; undefined for a secret without a value. */
  readonly secretValue?: (logicalId: string) => string | undefined;
  /** Starts an environment of a function. @default - it is a worker thread */
  readonly startEnvironment?: StartEnvironment;
  /** Persists tables, objects, messages and executions. @default - they are in memory */
  readonly data?: DataDirectory;
  /** Returns the URL at which functions call a service. @default - `url` */
  readonly routeOf?: (service: EmbeddedService, url: string) => Promise<string>;
  /** Responds to PutEvents instead of the event buses. @default - the buses respond */
  readonly refuseEvents?: RefuseEvents | undefined;
  /**
   * Loses status-change events of executions for which it returns true. AWS delivers these events
   * on a best-effort basis.
   */
  readonly losesStatusChange?: ((execution: Execution) => boolean) | undefined;
  /**
   * Throttles StartExecution calls of clients, but neither rules nor `startExecution`.
   *
   * @default - no quota
   */
  readonly startExecutionQuota?: RequestQuota | undefined;
}

/** The services that an AWS SDK client can be pointed at. */
export type EmbeddedService = 'dynamodb' | 'events' | 's3' | 'secretsmanager' | 'sqs' | 'states';

/** The configuration with which an AWS SDK client calls an embedded service. */
export interface EmbeddedClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For SQS clients, because the host of the queue URLs may not resolve. */
  readonly useQueueUrlAsEndpoint: false;
}

export type LogListener = (line: string, functionLogicalId: string) => void;

/** Receives faults of the embedded AWS itself, not of functions or executions. */
export type FaultListener = (fault: unknown) => void;

/** A synthesized stack that runs on this machine. */
export interface EmbeddedStack {
  /** The stack's outputs, except those that refer to a resource without a local meaning. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Returns the one resource with a logical id or a CloudFormation type. */
  resource(logicalIdOrType: string): Resource;
  clientConfig(service: EmbeddedService): EmbeddedClientConfig;
  /**
   * Starts an execution of the state machine with that ARN, or of the only one.
   *
   * @throws AwsError as StartExecution does
   */
  startExecution(
    request: StartExecutionRequest & { readonly stateMachineArn?: string },
  ): Promise<{ readonly executionArn: string }>;
  /**
   * Restores the executions of earlier processes from the data directory, restarts those that were
   * running, and begins to poll the queues in the data directory. Call it once, after adding
   * listeners.
   *
   * @returns the number of restarted executions
   * @throws DataDirectoryError when an execution is damaged
   */
  resumeExecutions(): number;
  /** Stops an execution as StopExecution does, and waits until it has ended. */
  stopExecution(executionArn: string, error?: string, cause?: string): Promise<void>;
  /**
   * Invokes the only function whose logical id contains a text, and returns its result.
   *
   * @throws LambdaFunctionError when it fails
   */
  invokeFunction(partOfLogicalId: string, event: unknown): Promise<unknown>;
  /** Ends all environments of all functions, as AWS may at any time. */
  killFunctions(): Promise<void>;
  /** Resolves when the execution has ended, with any status. */
  executionEnded(executionArn: string): Promise<Execution>;
  /**
   * Runs every schedule once and waits for the invocations. Schedules run on their own only in real
   * time, because virtual time would never settle.
   */
  runSchedules(): Promise<void>;
  /**
   * Redrives the queue of a disabled event source mapping, as enabling the mapping does on AWS.
   * Each message is delivered once. Failed messages stay in flight until the next call.
   */
  drainQueue(eventSourceMappingId: string): Promise<void>;
  /**
   * Moves the messages of a dead-letter queue back to its source queue, as SQS's own redrive does.
   *
   * @param queue the name or ARN of a dead-letter queue with one source queue
   * @returns the number of moved messages
   */
  redriveDeadLetterQueue(queue: string): number;
  /** Receives every event put on any bus. @returns a function that removes the listener */
  onEvent(listener: EventListener): () => void;
  /** Receives lines of stdout and stderr. @returns a function that removes the listener */
  onLog(listener: LogListener): () => void;
  /** Receives faults of the embedded AWS itself. @returns a function that removes the listener */
  onFault(listener: FaultListener): () => void;
  /**
   * Resolves when no execution is running, no event is being delivered, and the queues of enabled
   * event source mappings are empty.
   *
   * @throws AggregateError of faults of the embedded AWS itself, not of functions or executions
   */
  settled(): Promise<void>;
  /** Ends everything, including running executions. */
  close(): Promise<void>;
}

/**
 * Starts a synthesized stack. The template is the only description of what runs. The process
 * forgets its AWS settings.
 *
 * @throws UnsupportedError for anything in the template that would run differently on AWS
 * @throws DataDirectoryError when the data belongs to another stack, is damaged, or cannot be
 * written
 */
export async function startEmbeddedStack(options: EmbeddedStackOptions): Promise<EmbeddedStack> {
  forgetAwsSettings();
  const { clock = systemClock, environment = {}, secretValue = () => undefined, data } = options;
  const { routeOf = async (_service, url) => url } = options;
  await using started = new AsyncDisposableStack();
  const closing = new AbortController();
  const faultListeners = new Set<FaultListener>();
  const work = createBackgroundWork((fault) => {
    for (const listener of faultListeners) listener(fault);
  });
  const logListeners = new Set<LogListener>();

  const assembly = await readAssembly(options.assemblyDirectory);
  const s3AndSqs = await startS3AndSqs(clock, data);
  started.defer(() => s3AndSqs.close());
  const awsEndpoint = await startAwsEndpoint();
  started.defer(() => awsEndpoint.close());
  const httpApi = await startHttpApi();
  started.defer(() => httpApi.close());
  const template = readTemplate(assembly.template, assembly.stackName, {
    queueUrl: s3AndSqs.queueUrl,
    apiEndpoint: httpApi.url,
  });
  data?.hold('stack', describeResources(template), 'another version of ocr-courier made');
  await s3AndSqs.create(template);
  const dynamoDb = await startDynamoDb(template, data?.database);
  started.defer(() => dynamoDb.close());

  const endpointOf: Record<EmbeddedService, string> = {
    dynamodb: dynamoDb.url,
    events: awsEndpoint.url,
    s3: s3AndSqs.url,
    secretsmanager: awsEndpoint.url,
    sqs: s3AndSqs.url,
    states: awsEndpoint.url,
  };
  const clientConfig = (service: EmbeddedService): EmbeddedClientConfig => ({
    region: REGION,
    endpoint: endpointOf[service],
    credentials: CREDENTIALS,
    useQueueUrlAsEndpoint: false,
  });
  const functions = await readLambdaFunctions({
    assembly,
    template,
    clock,
    // `AWS_ENDPOINT_URL` receives the calls to all other services, and rejects them. So no call
    // leaves this machine.
    endpoints: {
      AWS_ENDPOINT_URL: awsEndpoint.url,
      AWS_ENDPOINT_URL_DYNAMODB: await routeOf('dynamodb', endpointOf.dynamodb),
      AWS_ENDPOINT_URL_EVENTBRIDGE: await routeOf('events', endpointOf.events),
      AWS_ENDPOINT_URL_S3: await routeOf('s3', endpointOf.s3),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: await routeOf('secretsmanager', endpointOf.secretsmanager),
      AWS_ENDPOINT_URL_SFN: await routeOf('states', endpointOf.states),
      AWS_ENDPOINT_URL_SQS: await routeOf('sqs', endpointOf.sqs),
    },
    environment: { ...EMPTY_SETTINGS_FILES, ...environment },
    startEnvironment: options.startEnvironment ?? startLambdaEnvironment,
    onLog(line, functionLogicalId) {
      for (const listener of logListeners) listener(line, functionLogicalId);
    },
  });
  started.defer(async () => {
    await Promise.all([...functions.values()].map((lambdaFunction) => lambdaFunction.end()));
  });

  const buses = createEventBuses({
    clock,
    busNames: template.resources('AWS::Events::EventBus').map(({ name }) => name),
    onDelivery: (delivery) => work.add(delivery),
    refuseEvents: options.refuseEvents,
  });
  const store = data && createExecutionStore(data.database, () => clock.now());
  const stateMachines = readStateMachines({
    template,
    clock,
    functions,
    buses,
    readObject: s3AndSqs.readObject,
    onWork: (begun) => work.add(begun),
    losesStatusChange: options.losesStatusChange ?? (() => false),
    store,
    closing: closing.signal,
  });
  const { startExecutionQuota: quota } = options;
  const stepFunctions = createStepFunctions(
    stateMachines,
    quota ? createTokenBucket(quota, clock) : () => true,
  );
  const { signal } = closing;
  const deliveryStreams = readDeliveryStreams({ template, clock, signal, objects: s3AndSqs });
  const { rules, schedules } = readEventRules({
    ...{ template, clock, functions, stateMachines, queues: s3AndSqs, deliveryStreams, signal },
  });
  buses.addRules(rules);
  if (clock === systemClock) {
    for (const { everyMilliseconds, run } of schedules) {
      const timer = setInterval(() => work.add(run()), everyMilliseconds).unref();
      started.defer(() => clearInterval(timer));
    }
  }
  const mappings = readEventSourceMappings({
    ...{ template, clock, functions, queues: s3AndSqs, signal },
    onWork: (begun) => work.add(begun),
  });
  const objectCreatedEvent = createObjectCreatedEvents(clock);
  s3AndSqs.onObjectCreated((created) => work.add(buses.putServiceEvent(objectCreatedEvent(created))));
  awsEndpoint.serve([
    ...stepFunctions.operations,
    ...eventBridgeOperations(buses),
    ...secretsManagerOperations(template, secretValue),
  ]);
  httpApi.serve({ template, functions, clock });
  // Otherwise a message that an earlier process had begun to handle could start an execution again
  // before that execution is restored.
  if (data === undefined) mappings.start();
  const resources = template.resources(...Object.keys(IDENTIFIED_TYPES));
  const running = started.move();

  return {
    outputs: template.outputs,
    resource(logicalIdOrType) {
      const found = resources.filter(({ logicalId, type }) => [logicalId, type].includes(logicalIdOrType));
      const [resource] = found;
      if (resource !== undefined && found.length === 1) return resource;
      const names = resources.map(({ logicalId, type }) => `${logicalId} (${type})`).join(', ');
      throw new Error(
        `resource: got ${logicalIdOrType}, which names ${found.length}; allowed: one of ${names}`,
      );
    },
    clientConfig,
    async startExecution({ stateMachineArn, ...request }) {
      const [onlyArn, ...others] = stateMachines.keys();
      const chosen = stateMachineArn ?? (others.length === 0 ? onlyArn : undefined);
      if (chosen === undefined) {
        throw new Error(`stateMachineArn: got none; allowed: one of ${stateMachines.size} state machines`);
      }
      const { executionArn } = stepFunctions.stateMachine(chosen).startExecution(request).describe();
      return { executionArn };
    },
    resumeExecutions() {
      const executions = store?.read() ?? [];
      for (const execution of executions) {
        stepFunctions.stateMachine(execution.stateMachineArn).restore(execution);
      }
      if (data !== undefined) mappings.start();
      return executions.filter(({ status }) => status === 'RUNNING').length;
    },
    async stopExecution(executionArn, error, cause) {
      const execution = stepFunctions.execution(executionArn);
      execution.stop(error, cause);
      await execution.ended;
    },
    async invokeFunction(partOfLogicalId, event) {
      const found = template
        .resources('AWS::Lambda::Function')
        .filter(({ logicalId }) => logicalId.includes(partOfLogicalId));
      const chosen = found.length === 1 ? functions.get(found[0]?.arn ?? '') : undefined;
      if (chosen === undefined) {
        throw new Error(`function: got ${partOfLogicalId}, which names ${found.length}; allowed: one`);
      }
      return await chosen.invoke(event);
    },
    async killFunctions() {
      await Promise.all([...functions.values()].map((lambdaFunction) => lambdaFunction.kill()));
    },
    executionEnded: async (executionArn) => stepFunctions.execution(executionArn).ended,
    async runSchedules() {
      await Promise.all(schedules.map(({ run }) => run()));
    },
    drainQueue: (eventSourceMappingId) => mappings.drain(eventSourceMappingId),
    redriveDeadLetterQueue: (queue) => s3AndSqs.redrive(queue),
    onEvent: (listener) => buses.onEvent(listener),
    onLog(listener) {
      logListeners.add(listener);
      return () => logListeners.delete(listener);
    },
    onFault(listener) {
      faultListeners.add(listener);
      return () => faultListeners.delete(listener);
    },
    settled: () => work.settled(),
    async close() {
      closing.abort();
      buses.close();
      for (const { executions } of stateMachines.values()) {
        for (const execution of executions.values()) execution.stop(undefined, undefined);
      }
      await running.disposeAsync();
    },
  };
}

/** Identifies the data of a stack. A stack with other names or tables could not read it. */
function describeResources(template: Template): string {
  const names = template
    .resources('AWS::S3::Bucket', 'AWS::StepFunctions::StateMachine')
    .map(({ name }) => name);
  return JSON.stringify([names, readTables(template)]);
}
