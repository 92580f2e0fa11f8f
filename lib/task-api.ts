import { Duration, Size } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { TASK_API_ROUTES } from '../functions/contracts/http-api.ts';
import { acknowledgeExecutions } from './acknowledgements.ts';
import type { ResultStorage } from './result-storage.ts';
import { ServiceFunction, type ServiceFunctionDefaults } from './service-function.ts';
import { uniqueName, vendedLogGroupName } from './unique-name.ts';
import { grantReadCredentials, type VendorAccess } from './vendor-access.ts';

/** Configuration of the HTTP API. */
export interface TaskApiOptions {
  /**
   * Accepts JSON Web Tokens of this issuer instead of AWS signatures.
   *
   * @default - callers sign with AWS Signature Version 4 and need execute-api:Invoke
   */
  readonly jwtAuthorizer?: {
    /**
     * The `iss` of the tokens: an https URL. AWS reads `<issuer>/.well-known/openid-configuration`
     * when the stack is deployed, so it must be reachable from the internet by then.
     */
    readonly issuer: string;
    /**
     * Accepted values of the tokens' `aud`. AWS checks `client_id` instead only for tokens without
     * `aud`, such as access tokens of Amazon Cognito.
     */
    readonly audience: readonly string[];
  };
  /**
   * Limits the requests of all callers together. Further requests receive status 429.
   *
   * @default { requestsPerSecond: 50, burst: 100 }
   */
  readonly throttling?: { readonly requestsPerSecond: number; readonly burst: number };
  /**
   * Origins of web pages that can call the API and read documents from a browser, such as
   * `https://example.com`.
   *
   * @default - none; CORS is off
   */
  readonly corsOrigins?: readonly string[];
  /**
   * Maximum number of GET requests that wait for an end (`Prefer: wait=N`) at the same time, up to
   * 1000. Each occupies one concurrent invocation for up to 25 seconds. Further ones get an
   * immediate response. 0 lets no request wait.
   *
   * @default 50
   */
  readonly maxWaitingRequests?: number;
  /**
   * Whether DELETE /tasks/{taskId} cancels the task at Aspose, too.
   *
   * @default false
   */
  readonly cancelAtVendor?: boolean;
}

export interface TaskApiProps extends TaskApiOptions, ServiceFunctionDefaults {
  readonly collectResult: StateMachine;
  readonly recognizeImage: StateMachine;
  readonly collectBatch: StateMachine;
  /** Maximum number of uploads of an image to Aspose. */
  readonly maxUploads: number;
  readonly storage: ResultStorage;
  /** Receives the event of a cancelled task. */
  readonly bus: EventBus;
  /** The dimension `service` of its metrics. */
  readonly metricsService: string;
  /** Used to cancel tasks at Aspose. */
  readonly vendor: VendorAccess;
}

/** The headers that callers, with a token or a signer, and clients of the AWS SDK send. */
const CALLERS_HEADERS = [
  'authorization',
  'content-type',
  'prefer',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
  'x-amz-user-agent',
  'amz-sdk-invocation-id',
  'amz-sdk-request',
];

/** API Gateway's limit, in characters. */
const MAX_API_NAME_LENGTH = 128;

/**
 * Below API Gateway's limit of 30 seconds. It covers the longest wait and the response after it:
 * `MAX_WAIT_SECONDS` and `RESPONSE_RESERVE_SECONDS`.
 */
const FUNCTION_TIMEOUT = Duration.seconds(29);

export const TASK_API_MEMORY = Size.mebibytes(256);

/** A twentieth of the concurrency that AWS allows an account by default. */
const DEFAULT_WAITING_REQUESTS = 50;

const ACCESS_LOG = {
  requestId: '$context.requestId',
  routeKey: '$context.routeKey',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  latencyMilliseconds: '$context.responseLatency',
  responseBytes: '$context.responseLength',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};

/** The HTTP API. One function serves all routes; each route is authorized, throttled and logged. */
export class TaskApi extends Construct {
  /** `https://...`, without a trailing slash. */
  readonly url: string;
  readonly httpApi: HttpApi;
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: TaskApiProps) {
    super(scope, id);
    const { jwtAuthorizer, corsOrigins, throttling = { requestsPerSecond: 50, burst: 100 } } = props;

    const api = new HttpApi(this, 'Api', {
      apiName: uniqueName(this, MAX_API_NAME_LENGTH),
      description: 'Starts, shows and cancels collections of OCR tasks',
      createDefaultStage: false,
      ...(corsOrigins !== undefined && {
        corsPreflight: {
          allowOrigins: [...corsOrigins],
          allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.DELETE],
          allowHeaders: [...CALLERS_HEADERS],
          exposeHeaders: ['location', 'preference-applied', 'retry-after', 'x-request-id'],
          maxAge: Duration.hours(1),
        },
      }),
    });
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      logGroupName: vendedLogGroupName(this, 'apigateway'),
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttling.requestsPerSecond, burstLimit: throttling.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLogs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });

    const authorizer =
      jwtAuthorizer === undefined
        ? new HttpIamAuthorizer()
        : new HttpJwtAuthorizer('Jwt', jwtAuthorizer.issuer, { jwtAudience: [...jwtAuthorizer.audience] });
    const handler = this.handler(props);
    const integration = new HttpLambdaIntegration('Integration', handler);
    for (const { method, path } of TASK_API_ROUTES) {
      api.addRoutes({ path, methods: [HttpMethod[method]], integration, authorizer });
    }
    this.httpApi = api;
    this.logGroup = handler.logGroup;
    this.url = api.apiEndpoint;
  }

  /** Lets a grantee call every route. */
  grantCall(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [this.httpApi.arnForExecuteApi('*', '/*', '$default')],
    });
  }

  private handler(props: TaskApiProps): ServiceFunction {
    const { collectResult, recognizeImage, collectBatch, storage, bus, vendor } = props;
    const { metricsService, maxUploads } = props;
    const { maxWaitingRequests = DEFAULT_WAITING_REQUESTS } = props;
    const { cancelAtVendor = false, logRetention, removalPolicy } = props;
    const handler = new ServiceFunction(this, 'Function', {
      description: 'Serves the HTTP API',
      folder: 'task-api',
      timeout: FUNCTION_TIMEOUT,
      memorySize: TASK_API_MEMORY,
      logRetention,
      removalPolicy,
      environment: {
        TASK_TABLE: storage.table.tableName,
        RESULTS_BUCKET: storage.bucket.bucketName,
        STATE_MACHINE: collectResult.stateMachineArn,
        RECOGNIZE_STATE_MACHINE: recognizeImage.stateMachineArn,
        BATCH_STATE_MACHINE: collectBatch.stateMachineArn,
        SOURCE_BUCKETS: JSON.stringify(storage.sourceNames()),
        MAX_UPLOADS: String(maxUploads),
        EVENT_BUS: bus.eventBusName,
        METRICS_SERVICE: metricsService,
        MAX_WAITING_REQUESTS: String(maxWaitingRequests),
        CANCEL_AT_VENDOR: String(cancelAtVendor),
        ...(cancelAtVendor && {
          CREDENTIALS_SECRET: vendor.credentialsSecret.secretArn,
          ASPOSE_BASE_URL: vendor.baseUrl,
        }),
      },
    });
    storage.grantRecords(handler);
    storage.grantListing(handler);
    for (const stateMachine of [collectResult, recognizeImage]) {
      stateMachine.grants.startExecution(handler);
      stateMachine.grants.execution(handler, 'states:DescribeExecution', 'states:StopExecution');
      acknowledgeExecutions(handler.serviceRole, stateMachine);
    }
    collectBatch.grants.startExecution(handler);
    // A batch is cancelled by its record, and close-batch stops an execution that goes on.
    collectBatch.grants.execution(handler, 'states:DescribeExecution');
    acknowledgeExecutions(handler.serviceRole, collectBatch);
    bus.grantPutEventsTo(handler);
    storage.grantReadDocuments(handler);
    storage.grantReadSources(handler);
    storage.grantUploadToInbox(handler);
    storage.grantReadBatches(handler);
    storage.grantWriteBatchRequests(handler);
    if (cancelAtVendor) grantReadCredentials(vendor, handler);
    return handler;
  }
}
