/**
 * The entry point of a Lambda environment's thread. It loads the unchanged bundle and runs one
 * invocation at a time, like AWS's runtime interface client for Node.js.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { types } from 'node:util';
import { compileFunction, constants } from 'node:vm';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { errorCode } from '../../cli/error-code.ts';
import type {
  EnvironmentSetup,
  FromEnvironment,
  FunctionErrorBody,
  ToEnvironment,
} from './lambda-protocol.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

type Handler = (event: unknown, context: object) => unknown;

/** The message of AWS's client, which rejects such handlers since Node.js 24. */
const NO_CALLBACKS =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/** An error of the runtime, not of the handler. Its name is the errorType that AWS reports. */
class LambdaRuntimeError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** Describes a thrown value as AWS's client does. */
function errorBody(thrown: unknown): FunctionErrorBody {
  if (!types.isNativeError(thrown)) {
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}

/** Loads a bundle in virtual time, otherwise unchanged. */
function loadInVirtualTime(file: string, time: VirtualTime): unknown {
  const requireReal = createRequire(file);
  const requireVirtual = (id: string): unknown =>
    /^(node:)?timers\/promises$/.test(id) ? time.timersPromises : requireReal(id);
  const bundle = compileFunction(
    readFileSync(file, 'utf8'),
    ['exports', 'require', 'module', '__filename', '__dirname', 'Date', 'performance', 'setTimeout'],
    // Lets the AWS SDK import Node.js's HTTP client when it first needs it.
    { filename: file, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER },
  );
  const module: { exports: unknown } = { exports: {} };
  const requireInBundle = Object.assign(requireVirtual, requireReal);
  bundle(
    module.exports,
    requireInBundle,
    module,
    file,
    dirname(file),
    time.Date,
    time.performance,
    time.setTimeout,
  );
  return module.exports;
}

function load(file: string, time: VirtualTime | undefined): unknown {
  try {
    return time === undefined ? createRequire(file)(file) : loadInVirtualTime(file, time);
  } catch (error) {
    const name =
      error instanceof SyntaxError
        ? 'Runtime.UserCodeSyntaxError'
        : errorCode(error) === 'MODULE_NOT_FOUND' && 'Runtime.ImportModuleError';
    throw name ? new LambdaRuntimeError(name, String(error), { cause: error }) : error;
  }
}

function loadHandler({ codeDirectory, handler }: EnvironmentSetup, time: VirtualTime | undefined): Handler {
  const dot = handler.lastIndexOf('.');
  const exportName = handler.slice(dot + 1);
  const file = join(codeDirectory, `${handler.slice(0, dot)}.js`);
  if (!existsSync(file)) {
    throw new LambdaRuntimeError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${basename(file, '.js')}'`,
    );
  }
  const candidate: unknown = Object(load(file, time))[exportName];
  if (typeof candidate !== 'function') {
    const fault = candidate ? 'not a function' : 'undefined or not exported';
    throw new LambdaRuntimeError('Runtime.HandlerNotFound', `${handler} is ${fault}`);
  }
  if (candidate.length >= 3) throw new LambdaRuntimeError('Runtime.CallbackHandlerDeprecated', NO_CALLBACKS);
  return (event, context) => candidate(event, context);
}

function serialize(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (cause) {
    throw new LambdaRuntimeError('Runtime.JSONStringifyError', 'Unable to stringify response body', {
      cause,
    });
  }
}

/** Resolves when the host has read all output, so that no line arrives after its response. */
const flushed = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => stream.write('', () => resolve()));

function serve(port: MessagePort, setup: EnvironmentSetup): void {
  const send = (message: FromEnvironment) => port.postMessage(message);
  const time = setup.virtualTime ? createVirtualTime(send) : undefined;
  process.setSourceMapsEnabled(true);

  async function respond(message: FromEnvironment): Promise<void> {
    time?.forgetSleeps();
    await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
    send(message);
  }

  let handler: Handler | undefined;
  async function invoke(invocation: Extract<ToEnvironment, { type: 'invoke' }>): Promise<void> {
    const context = {
      callbackWaitsForEmptyEventLoop: true,
      functionName: setup.functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: setup.functionArn,
      memoryLimitInMB: String(setup.memorySizeMB),
      awsRequestId: invocation.requestId,
      logGroupName: setup.logGroupName,
      logStreamName: setup.logStreamName,
      getRemainingTimeInMillis: () => invocation.deadline - (time?.Date ?? Date).now(),
    };
    try {
      handler ??= loadHandler(setup, time);
    } catch (error) {
      await respond({ type: 'crashed', error: errorBody(error) });
      process.exit(1);
    }
    try {
      const result = await handler(JSON.parse(invocation.payload), context);
      await respond({ type: 'succeeded', payload: serialize(result) });
    } catch (error) {
      await respond({ type: 'failed', error: errorBody(error) });
    }
  }

  port.on('message', (message: ToEnvironment) => {
    time?.set(message.now);
    if (message.type === 'wake') time?.wake(message.sleepId);
    else void invoke(message);
  });
}

if (parentPort !== null) serve(parentPort, workerData);
