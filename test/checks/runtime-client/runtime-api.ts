import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { listenOnLoopback } from '../../../local/embedded-aws/http-server.ts';
import type { InvocationResult } from '../../../local/embedded-aws/lambda-environment.ts';

const ROOT = '/2018-06-01/runtime';

/** What Lambda makes of a runtime's error: its errorType is the error's name to Step Functions, its errorMessage the cause. */
const errorSchema = z.strictObject({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()),
});

export interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  readonly functionArn: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
}

/** Lambda's runtime API (version 2018-06-01, as the Lambda guide describes it) for one environment. */
export interface RuntimeApi {
  /** `host:port`, as in AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Hands an invocation to the runtime. */
  invoke(invocation: Invocation): Promise<InvocationResult>;
  /** Resolves when the runtime has told why it cannot start. */
  readonly initError: Promise<InvocationResult>;
  close(): Promise<void>;
}

/** One invocation at a time; what a runtime asks for otherwise than the guide says is answered 404, and it ends. */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;
  let pending: Invocation | undefined;
  let settle: ((result: InvocationResult) => void) | undefined;
  const initError = Promise.withResolvers<InvocationResult>();

  function handOver(): void {
    if (waiting === undefined || pending === undefined) return;
    const { requestId, payload, functionArn, deadline } = pending;
    waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadline),
      'lambda-runtime-invoked-function-arn': functionArn,
      'lambda-runtime-trace-id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0',
    });
    waiting.end(payload);
    waiting = undefined;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`;
    if (route === `GET ${ROOT}/invocation/next`) {
      waiting = response;
      return handOver();
    }
    const body = await text(request);
    const accept = () =>
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    const end = (result: InvocationResult) => {
      accept();
      pending = undefined;
      settle?.(result);
    };
    switch (route) {
      case `POST ${ROOT}/invocation/${pending?.requestId}/response`:
        return end({ payload: body });
      case `POST ${ROOT}/invocation/${pending?.requestId}/error`:
        return end({ error: errorSchema.parse(JSON.parse(body)) });
      case `POST ${ROOT}/init/error`:
        accept();
        return initError.resolve({ error: errorSchema.parse(JSON.parse(body)) });
      default:
        response.writeHead(404).end();
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(400).end();
      settle?.({ error: { errorType: 'RuntimeApi.BadRequest', errorMessage: String(error) } });
    });
  });
  const { url, close } = await listenOnLoopback(server);
  return {
    address: new URL(url).host,
    initError: initError.promise,
    invoke(invocation) {
      return new Promise((resolve) => {
        pending = invocation;
        settle = resolve;
        handOver();
      });
    },
    close,
  };
}
