import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import { type LoopbackServer, listenOnLoopback, refuseForeign } from './http-server.ts';

/** An operation of the AWS JSON protocols: takes the request's parameters, gives the response or throws AwsError. */
export interface AwsOperation {
  /** The value of the header `X-Amz-Target`, such as `AWSStepFunctions.StartExecution`. */
  readonly target: string;
  answer(parameters: unknown): unknown;
}

/** An operation whose parameters are checked first; what the schema does not name is left out. */
export function awsOperation<T>(
  target: string,
  schema: z.ZodType<T>,
  answer: (parameters: T) => unknown,
): AwsOperation {
  return {
    target,
    answer(parameters) {
      const parsed = schema.safeParse(parameters);
      if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
      return answer(parsed.data);
    },
  };
}

/** A server of operations. */
export interface AwsEndpoint extends LoopbackServer {
  serve(operations: readonly AwsOperation[]): void;
}

/** Serves operations to the AWS SDKs, over HTTP on this machine. */
export async function startAwsEndpoint(): Promise<AwsEndpoint> {
  const byTarget = new Map<string, AwsOperation>();

  async function answer(request: IncomingMessage): Promise<unknown> {
    const target = String(request.headers['x-amz-target']);
    const operation = byTarget.get(target);
    if (operation === undefined) {
      const known = [...byTarget.keys()].join(', ');
      throw new AwsError(
        'UnknownOperationException',
        `${target} is not served locally; served are ${known}.`,
      );
    }
    return operation.answer(await json(request));
  }

  const server = createServer((request, response) => {
    response.setHeader('content-type', String(request.headers['content-type']));
    response.setHeader('x-amzn-requestid', randomUUID());
    answer(request).then(
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
