import { SQSClient } from '@aws-sdk/client-sqs';
import { type Clock, systemClock } from '../clock.ts';
import type { DataDirectory } from '../data-directory.ts';
import { readAssembly } from './assembly.ts';
import { CREDENTIALS, REGION } from './aws-account.ts';
import { startAwsEndpoint } from './aws-endpoint.ts';
import { startDynamoDb, tablesOf } from './dynamodb.ts';
import { eventBridgeOperations } from './event-bridge-operations.ts';
import { createEventBuses, type EventListener, type RefuseEvents } from './event-bus.ts';
import { readEventRules } from './event-rules.ts';
import { readEventSourceMappings } from './event-source-mappings.ts';
import type { Execution } from './execution.ts';
import { createExecutionStore } from './execution-store.ts';
import { startHttpApi } from './http-api.ts';
import { type StartEnvironment, startLambdaEnvironment } from './lambda-environment.ts';
import { createLambdaFunctions } from './lambda-functions.ts';
import { IDENTIFIED_TYPES } from './resource-types.ts';
import { startS3AndSqs } from './s3-and-sqs.ts';
import { secretsManagerOperations } from './secrets-manager.ts';
import type { StartExecutionRequest } from './state-machine.ts';
import { createStateMachines } from './state-machines.ts';
import { createStepFunctions } from './step-functions.ts';
import { type Resource, readTemplate, type Template } from './template.ts';
import { createWorkUnderWay } from './work-under-way.ts';

export interface EmbeddedStackOptions {
  /** A `cdk.out` with one stack. */
  readonly assemblyDirectory: string;
  /** @default systemClock; with a VirtualClock, states, retries, time-outs and sleeping functions follow it. */
  readonly clock?: Clock;
  /** Environment variables laid over every function's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The value of a secret; a secret without one answers as a secret without a version. */
  readonly secretValue?: (logicalId: string) => string | undefined;
  /** Where functions run. @default - each environment is a worker thread */
  readonly startEnvironment?: StartEnvironment;
  /** Keeps tables, objects, messages and executions. @default - they are in memory */
  readonly data?: DataDirectory;
  /** Where the functions find a service that listens at `url`: a proxy may stand in between. @default - there */
  readonly routeOf?: (service: EmbeddedService, url: string) => Promise<string>;
  /** Stands before the event buses, for whoever puts events. @default - all are taken that EventBridge takes */
  readonly refuseEvents?: RefuseEvents | undefined;
}

/** The services that an AWS SDK client can be pointed at. */
export type EmbeddedService = 'dynamodb' | 'events' | 's3' | 'secretsmanager' | 'sqs' | 'states';

/** What an AWS SDK client needs to speak to an embedded service. */
export interface EmbeddedClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Read by SQS clients: the queue URLs name a host that need not resolve. */
  readonly useQueueUrlAsEndpoint: false;
}

export type LogListener = (line: string, functionLogicalId: string) => void;

/** Hears of an error of the embedded AWS itself, not of functions or executions. */
export type FaultListener = (fault: unknown) => void;

/** A synthesised stack that runs on this machine. */
export interface EmbeddedStack {
  /** The stack's outputs, but for those that tell of something without a local meaning. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The one resource of that logical id or CloudFormation type, with its name and ARN. */
  resource(logicalIdOrType: string): Resource;
  clientConfig(service: EmbeddedService): EmbeddedClientConfig;
  /**
   * Starts the state machine of that ARN, or the only one.
   *
   * @throws AwsError as StartExecution does
   */
  startExecution(
    request: StartExecutionRequest & { readonly stateMachineArn?: string },
  ): Promise<{ readonly executionArn: string }>;
  /**
   * Takes back the executions that the data directory has of earlier processes, and starts those again that were
   * running. To be called once, by who is ready to hear of them.
   *
   * @returns how many run again
   */
  resumeExecutions(): number;
  /** What StopExecution does. */
  stopExecution(executionArn: string, error?: string, cause?: string): Promise<void>;
  /**
   * Invokes the one function whose logical id has that in it, as an operator may, and waits for its result.
   *
   * @throws LambdaFunctionError when it fails
   */
  invokeFunction(partOfLogicalId: string, event: unknown): Promise<unknown>;
  /** Ends every environment of every function, as AWS may at any moment. */
  killFunctions(): Promise<void>;
  /** Resolves when the execution has ended, however it ended. */
  executionEnded(executionArn: string): Promise<Execution>;
  /** Redrives a queue: what Lambda does once an operator enables the event source mapping of that id. */
  drainQueue(eventSourceMappingId: string): Promise<void>;
  /** Hears of every event put on any bus. @returns a function that ends the listening. */
  onEvent(listener: EventListener): () => void;
  /** Hears every line that a function writes to stdout or stderr. @returns a function that ends the listening. */
  onLog(listener: LogListener): () => void;
  /** Hears of what goes wrong in the embedded AWS itself. @returns a function that ends the listening. */
  onFault(listener: FaultListener): () => void;
  /**
   * Resolves when no execution runs and no event is being delivered.
   *
   * @throws AggregateError of what went wrong in the embedded AWS itself, not in functions or executions
   */
  settled(): Promise<void>;
  /** Ends everything, running executions included. */
  close(): Promise<void>;
}

/**
 * Starts a synthesised stack: its template is the one description of what runs.
 *
 * @throws UnsupportedError for anything in the template that would not run as on AWS.
 * @throws DataDirectoryRefusal when the data is that of another stack
 */
export async function startEmbeddedStack(options: EmbeddedStackOptions): Promise<EmbeddedStack> {
  const {
    clock = systemClock,
    environment = {},
    secretValue = () => undefined,
    data,
    refuseEvents,
  } = options;
  const { routeOf = async (_service, url) => url } = options;
  await using started = new AsyncDisposableStack();
  const closing = new AbortController();
  const faultListeners = new Set<FaultListener>();
  const work = createWorkUnderWay((fault) => {
    for (const listener of faultListeners) listener(fault);
  });
  const logListeners = new Set<LogListener>();

  const assembly = await readAssembly(options.assemblyDirectory);
  const [s3AndSqs, awsEndpoint, httpApi] = await Promise.all([
    startS3AndSqs(data?.subdirectory('s3-and-sqs')),
    startAwsEndpoint(),
    startHttpApi(),
  ]);
  started.defer(() => s3AndSqs.close());
  started.defer(() => awsEndpoint.close());
  started.defer(() => httpApi.close());
  const template = readTemplate(assembly.template, assembly.stackName, {
    queueUrl: s3AndSqs.queueUrl,
    apiEndpoint: httpApi.url,
  });
  data?.hold('stack', keptResources(template), 'another version of ocr-courier made');
  await s3AndSqs.create(template);
  const dynamoDb = await startDynamoDb(template, data?.subdirectory('dynamodb'));
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
  const functions = await createLambdaFunctions({
    assembly,
    template,
    clock,
    // Any other service is asked of the endpoint, too, which refuses: nothing leaves this machine.
    endpoints: {
      AWS_ENDPOINT_URL: awsEndpoint.url,
      AWS_ENDPOINT_URL_DYNAMODB: await routeOf('dynamodb', endpointOf.dynamodb),
      AWS_ENDPOINT_URL_EVENTBRIDGE: await routeOf('events', endpointOf.events),
      AWS_ENDPOINT_URL_S3: await routeOf('s3', endpointOf.s3),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: await routeOf('secretsmanager', endpointOf.secretsmanager),
      AWS_ENDPOINT_URL_SFN: await routeOf('states', endpointOf.states),
      AWS_ENDPOINT_URL_SQS: await routeOf('sqs', endpointOf.sqs),
    },
    environment,
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
    refuse: refuseEvents,
  });
  const store = data && createExecutionStore(data.database, () => clock.now());
  const stateMachines = createStateMachines({
    template,
    clock,
    functions,
    buses,
    onWork: (begun) => work.add(begun),
    store,
    closing: closing.signal,
  });
  const stepFunctions = createStepFunctions(stateMachines);
  buses.addRules(
    readEventRules({ template, clock, functions, stateMachines, queues: s3AndSqs, signal: closing.signal }),
  );
  const sqs = new SQSClient(clientConfig('sqs'));
  started.defer(() => sqs.destroy());
  const mappings = readEventSourceMappings({ template, functions, sqs });
  awsEndpoint.serve([
    ...stepFunctions.operations,
    ...eventBridgeOperations(buses),
    ...secretsManagerOperations(template, secretValue),
  ]);
  httpApi.serve({ template, functions, clock });
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
        `${found.length} resources are named by ${logicalIdOrType}, not one. There are ${names}.`,
      );
    },
    clientConfig,
    async startExecution({ stateMachineArn, ...request }) {
      const [onlyArn, ...others] = stateMachines.keys();
      const chosen = stateMachineArn ?? (others.length === 0 ? onlyArn : undefined);
      if (chosen === undefined) {
        throw new Error(
          `stateMachineArn: got none; the stack has ${stateMachines.size} state machines, not one.`,
        );
      }
      return {
        executionArn: stepFunctions.stateMachine(chosen).startExecution(request).describe().executionArn,
      };
    },
    resumeExecutions() {
      const kept = store?.read() ?? [];
      for (const execution of kept) {
        stepFunctions.stateMachine(execution.stateMachineArn).restore(execution);
      }
      return kept.filter(({ status }) => status === 'RUNNING').length;
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
      if (chosen === undefined)
        throw new Error(`${found.length} functions are named by ${partOfLogicalId}, not one.`);
      return await chosen.invoke(event);
    },
    async killFunctions() {
      await Promise.all([...functions.values()].map((lambdaFunction) => lambdaFunction.kill()));
    },
    executionEnded: async (executionArn) => stepFunctions.execution(executionArn).ended,
    drainQueue: (eventSourceMappingId) => mappings.drain(eventSourceMappingId),
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

/** What the data is kept under: by other names, or in tables of another make, it would not be found. */
function keptResources(template: Template): string {
  const names = template
    .resources('AWS::S3::Bucket', 'AWS::StepFunctions::StateMachine')
    .map(({ name }) => name);
  return JSON.stringify([names, tablesOf(template)]);
}
