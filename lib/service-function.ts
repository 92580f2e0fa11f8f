import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Duration, type RemovalPolicy, Size } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, type IDestination, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import {
  type BundlingOptions,
  NodejsFunction,
  type NodejsFunctionProps,
  OutputFormat,
} from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EnvironmentVariable } from '../functions/contracts/environment.ts';
import { acknowledgeUnscopedServices } from './acknowledgements.ts';

/** The settings that all functions of one courier share. */
export interface ServiceFunctionDefaults {
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

export interface ServiceFunctionProps extends ServiceFunctionDefaults {
  /** Purpose of the function, in one sentence. */
  readonly description: string;
  /** Folder of the function's `index.ts` under `functions/`. */
  readonly folder: string;
  readonly environment: Partial<Record<EnvironmentVariable, string>>;
  readonly timeout: Duration;
  /** @default 128 MB */
  readonly memorySize?: Size;
  /** @default 512 MB */
  readonly ephemeralStorageSize?: Size;
  /** @default - none reserved */
  readonly reservedConcurrentExecutions?: number;
  /** Whether X-Ray traces invocations. @default Tracing.ACTIVE */
  readonly tracing?: Tracing;
  /** Queue for asynchronous invocations that failed after all retries. @default - none */
  readonly deadLetterQueue?: IQueue;
  /** Destination for failed asynchronous invocations, with their error. @default - none */
  readonly onFailure?: IDestination;
}

/**
 * Credential providers that the AWS SDK tries after the environment variables. Lambda always sets
 * those variables, so these are never loaded. Bundled, they would be a fifth of a function's size.
 */
const UNREACHED_CREDENTIAL_PROVIDERS = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** How esbuild bundles a function, for deployments from this repository and for the package. */
export const BUNDLING = {
  format: OutputFormat.CJS,
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  externalModules: UNREACHED_CREDENTIAL_PROVIDERS,
  // Turns dynamic imports of external modules into `require`, which finds Lambda's own SDK through
  // NODE_PATH.
  esbuildArgs: { '--supported:dynamic-import': 'false' },
} satisfies BundlingOptions;

/**
 * A Lambda function with this project's defaults: Node.js 24 on arm64, its own log group, and a
 * role that can write to that log group only. The code is one minified CommonJS file that includes
 * the AWS SDK; it starts faster than an ES module or the runtime's own SDK.
 */
export class ServiceFunction extends NodejsFunction {
  readonly serviceRole: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    const { folder, logRetention, removalPolicy, memorySize = Size.mebibytes(128), ...rest } = props;
    const logGroup = new LogGroup(scope, `${id}Logs`, { retention: logRetention, removalPolicy });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    super(scope, id, {
      tracing: Tracing.ACTIVE,
      ...rest,
      ...codeOf(folder),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memorySize.toMebibytes(),
      logGroup,
      role,
    });
    this.serviceRole = role;
    logGroup.grantWrite(role);
    acknowledgeUnscopedServices(role);
  }
}

/** The published package contains bundled functions; the repository contains their source. */
function codeOf(folder: string): Pick<NodejsFunctionProps, 'entry' | 'bundling' | 'code' | 'handler'> {
  const parent = join(import.meta.dirname, '..');
  const bundle = join(parent, 'bundles', folder);
  return existsSync(bundle)
    ? { code: Code.fromAsset(bundle), handler: 'index.handler' }
    : { entry: join(parent, 'functions', folder, 'index.ts'), bundling: BUNDLING };
}
