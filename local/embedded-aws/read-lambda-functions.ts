import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Assembly } from './assembly.ts';
import { CREDENTIALS, REGION } from './aws-account.ts';
import type { StartEnvironment } from './lambda-environment.ts';
import { createLambdaFunction, type LambdaFunction } from './lambda-function.ts';
import type { Resource, Template } from './template.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** The properties that the embedded AWS uses. The others are permissions, tracing and logging. */
const functionSchema = z.object({
  Code: z.object({ S3Key: z.string() }),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).default({ Variables: {} }),
  FileSystemConfigs: z.never('file systems are not supported').optional(),
  Handler: z.string(),
  Layers: z.never('layers are not supported').optional(),
  LoggingConfig: z.object({ LogGroup: z.string().optional() }).default({}),
  MemorySize: z.number().default(128),
  ReservedConcurrentExecutions: z.number().optional(),
  Runtime: z.string().startsWith('nodejs', 'only Node.js runtimes are supported'),
  Timeout: z.number().default(3),
});

export interface LambdaFunctionsOptions {
  readonly assembly: Assembly;
  readonly template: Template;
  readonly clock: Clock;
  /** The environment variables with which AWS SDKs find the embedded services. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Variables that override every function's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly startEnvironment: StartEnvironment;
  readonly onLog: (line: string, functionLogicalId: string) => void;
}

/** The variables that Lambda sets (source: "Defined runtime environment variables"). */
function runtimeVariables(
  { name }: Resource,
  { Handler, MemorySize, Runtime }: z.infer<typeof functionSchema>,
  place: { readonly codeDirectory: string; readonly logGroupName: string; readonly logStreamName: string },
): Record<string, string> {
  return {
    _HANDLER: Handler,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: place.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStreamName,
    AWS_REGION: REGION,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    LAMBDA_TASK_ROOT: place.codeDirectory,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  };
}

/**
 * Reads the functions of the stack, by ARN.
 *
 * @throws UnsupportedError for a function that would run differently on AWS
 */
export async function readLambdaFunctions(
  options: LambdaFunctionsOptions,
): Promise<Map<string, LambdaFunction>> {
  const { assembly, template, clock, endpoints, environment, startEnvironment, onLog } = options;
  const functions = new Map<string, LambdaFunction>();
  for (const resource of template.resources('AWS::Lambda::Function')) {
    const properties = template.read(resource, functionSchema);
    const codeDirectory = assembly.assetPath(properties.Code.S3Key);
    if (codeDirectory === undefined || !(await stat(codeDirectory)).isDirectory()) {
      const got = `got the code ${properties.Code.S3Key}`;
      throw new UnsupportedError(`${resource.logicalId}: ${got}; allowed: a folder of the assembly`);
    }
    const logGroupName = properties.LoggingConfig.LogGroup ?? `/aws/lambda/${resource.name}`;
    const logStreamName = `embedded/[$LATEST]${randomUUID().replaceAll('-', '')}`;
    const place = { codeDirectory, logGroupName, logStreamName };
    functions.set(
      resource.arn,
      createLambdaFunction({
        setup: {
          ...place,
          handler: properties.Handler,
          functionName: resource.name,
          functionArn: resource.arn,
          memorySizeMB: properties.MemorySize,
        },
        environment: {
          ...runtimeVariables(resource, properties, place),
          ...endpoints,
          ...properties.Environment.Variables,
          ...environment,
        },
        timeoutSeconds: properties.Timeout,
        reservedConcurrentExecutions: properties.ReservedConcurrentExecutions,
        clock,
        startEnvironment,
        onLog: (line) => onLog(line, resource.logicalId),
      }),
    );
  }
  return functions;
}
