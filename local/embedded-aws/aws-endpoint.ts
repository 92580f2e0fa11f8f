import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import { type LoopbackServer, listenOnLoopback, refuseForeign } from './http-server.ts';

/** An operation of the AWS JSON protocols. */
export interface AwsOperation {
  /** The value of the header `X-Amz-Target`, such as `AWSStepFunctions.StartExecution`. */
  readonly target: string;
  /** Returns the response, or throws AwsError. */
  handle(parameters: unknown): unknown;
}

/** Creates an operation that validates its parameters. Fields outside the schema are dropped. */
export function awsOperation<T>(
  target: string,
  schema: z.ZodType<T>,
  handle: (parameters: T) => unknown,
): AwsOperation {
  return {
    target,
    handle(parameters) {
      const parsed = schema.safeParse(parameters);
      if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
      return handle(parsed.data);
    },
  };
}

/** A server of AWS operations. */
export interface AwsEndpoint extends LoopbackServer {
  serve(operations: readonly AwsOperation[]): void;
}

/** Starts a server that AWS SDKs can call. */
export async function startAwsEndpoint(): Promise<AwsEndpoint> {
  const byTarget = new Map<string, AwsOperation>();

  async function handle(request: IncomingMessage): Promise<unknown> {
    const target = String(request.headers['x-amz-target']);
    const operation = byTarget.get(target);
    if (operation === undefined) {
      const allowed = [...byTarget.keys()].join(', ');
      throw new AwsError('UnknownOperationException', `operation: got ${target}; allowed: ${allowed}`);
    }
    return operation.handle(await json(request));
  }

  const server = createServer((request, response) => {
    response.setHeader('content-type', String(request.headers['content-type']));
    response.setHeader('x-amzn-requestid', randomUUID());
    handle(request).then(
      (result) => response.end(JSON.stringify(result)),
      (error: unknown) => {
        const known = error instanceof AwsError;
        const __type = known ? error.name : 'InternalFailure';
        const message = error instanceof Error ? error.message : String(error);
        response.statusCode = known ? 400 : 500;
        response.setHeader('x-amzn-errortype', __type);
        response.end(JSON.stringify({ __type, message }));
      },
    );
  });
  return {
    ...(await listenOnLoopback(refuseForeign(server))),
    serve(operations) {
      for (const operation of operations) byTarget.set(operation.target, operation);
    },
  };
}
