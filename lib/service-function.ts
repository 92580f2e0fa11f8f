import { join } from 'node:path';
import { type Duration, type RemovalPolicy, Size } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type IDestination, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EnvName } from '../functions/env.ts';
import { acknowledgeUnscopedServices } from './acknowledgements.ts';

export interface ServiceFunctionProps {
  /** What the function is for, in one sentence. */
  readonly description: string;
  /** Folder of the function's `index.ts` under `functions/`. */
  readonly folder: string;
  readonly environment: Partial<Record<EnvName, string>>;
  readonly timeout: Duration;
  /** @default 128 MB */
  readonly memorySize?: Size;
  /** @default 512 MB */
  readonly ephemeralStorageSize?: Size;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** Where an asynchronous invocation goes that has failed for good. @default - none */
  readonly deadLetterQueue?: IQueue;
  /** Where it goes with the error that it failed with. @default - nowhere */
  readonly onFailure?: IDestination;
}

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
      entry: join(import.meta.dirname, '..', 'functions', folder, 'index.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memorySize.toMebibytes(),
      tracing: Tracing.ACTIVE,
      logGroup,
      role,
      bundling: {
        format: OutputFormat.CJS,
        target: 'node24',
        minify: true,
        mainFields: ['module', 'main'],
        externalModules: [],
      },
    });
    logGroup.grantWrite(role);
    acknowledgeUnscopedServices(role);
  }
}
