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

export interface ServiceFunctionProps {
  /** What the function is for, in one sentence. */
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
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** Where an asynchronous invocation goes that has failed for good. @default - none */
  readonly deadLetterQueue?: IQueue;
  /** Where it goes with the error that it failed with. @default - nowhere */
  readonly onFailure?: IDestination;
}

/**
 * The ways to credentials that the AWS SDK tries after the environment variables. Lambda always sets those, so that
 * none of these is ever loaded there; bundled, they are a fifth of a function.
 */
const UNREACHED_CREDENTIAL_PROVIDERS = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** How a function becomes one file: when it is deployed from this repository, and when the package is built. */
export const BUNDLING = {
  format: OutputFormat.CJS,
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  externalModules: UNREACHED_CREDENTIAL_PROVIDERS,
  // What is left out is then required, not imported: only so is it looked for in NODE_PATH, where Lambda has an SDK of its own.
  esbuildArgs: { '--supported:dynamic-import': 'false' },
} satisfies BundlingOptions;

/**
 * A Lambda function with the defaults of the house: Node.js 24 on arm64, one minified CommonJS file with the AWS SDK
 * in it (it starts faster than as an ES module or with the runtime's own SDK), its own log group and a role that
 * may write to that log group alone.
 */
export class ServiceFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    const { folder, logRetention, removalPolicy, memorySize = Size.mebibytes(128), ...rest } = props;
    const logGroup = new LogGroup(scope, `${id}Logs`, { retention: logRetention, removalPolicy });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    super(scope, id, {
      ...rest,
      ...codeOf(folder),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memorySize.toMebibytes(),
      tracing: Tracing.ACTIVE,
      logGroup,
      role,
    });
    logGroup.grantWrite(role);
    acknowledgeUnscopedServices(role);
  }
}

/** The package brings its functions bundled; the repository has their source alone. */
function codeOf(folder: string): Pick<NodejsFunctionProps, 'entry' | 'bundling' | 'code' | 'handler'> {
  const parent = join(import.meta.dirname, '..');
  const bundle = join(parent, 'bundles', folder);
  return existsSync(bundle)
    ? { code: Code.fromAsset(bundle), handler: 'index.handler' }
    : { entry: join(parent, 'functions', folder, 'index.ts'), bundling: BUNDLING };
}
