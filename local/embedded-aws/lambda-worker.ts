/**
 * One Lambda execution environment: the thread's entry point. It loads the deployed bundle as it is and serves one
 * invocation at a time, in the way of AWS's runtime interface client for Node.js.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { types } from 'node:util';
import { compileFunction, constants } from 'node:vm';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type {
  EnvironmentSetup,
  FromEnvironment,
  FunctionErrorBody,
  ToEnvironment,
} from './lambda-protocol.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

type Handler = (event: unknown, context: object) => unknown;

/** A failure of the runtime rather than of the handler; its name is the errorType that AWS reports. */
class RuntimeFailure extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** As AWS's runtime client shapes a thrown value. */
function errorBody(thrown: unknown): FunctionErrorBody {
  if (!types.isNativeError(thrown)) {
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}

/** Loads a bundle whose time is not the machine's; nothing else in it is changed. */
function loadInVirtualTime(file: string, time: VirtualTime): unknown {
  const requireReal = createRequire(file);
  const requireVirtual = (id: string): unknown =>
    /^(node:)?timers\/promises$/.test(id) ? time.timersPromises : requireReal(id);
  const bundle = compileFunction(
    readFileSync(file, 'utf8'),
    ['exports', 'require', 'module', '__filename', '__dirname', 'Date', 'performance', 'setTimeout'],
    // The AWS SDK imports the HTTP client of Node.js when it first needs it.
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

function loadHandler({ codeDirectory, handler }: EnvironmentSetup, time: VirtualTime | undefined): Handler {
  const dot = handler.lastIndexOf('.');
  const exportName = handler.slice(dot + 1);
  const file = join(codeDirectory, `${handler.slice(0, dot)}.js`);
  if (!existsSync(file)) {
    throw new RuntimeFailure(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${basename(file, '.js')}'`,
    );
  }
  const exported: unknown = time === undefined ? createRequire(file)(file) : loadInVirtualTime(file, time);
  const candidate: unknown = Object(exported)[exportName];
  if (typeof candidate !== 'function') {
    throw new RuntimeFailure('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  return (event, context) => candidate(event, context);
}

/** Resolves when the host has read all that was written: no line comes after the answer it belongs to. */
const flushed = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => stream.write('', () => resolve()));

function serve(port: MessagePort, setup: EnvironmentSetup): void {
  const send = (message: FromEnvironment) => port.postMessage(message);
  const time = setup.virtualTime ? createVirtualTime(send) : undefined;
  process.setSourceMapsEnabled(true);

  async function answer(message: FromEnvironment): Promise<void> {
    time?.forgetSleeps();
    await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
    send(message);
  }

  async function crash(error: FunctionErrorBody, exitCode: number): Promise<void> {
    await answer({ type: 'crashed', error });
    process.exit(exitCode);
  }

  // The runtime client of AWS ends the environment on both, with these exit codes.
  process.on('unhandledRejection', (reason) => {
    const unhandled = new RuntimeFailure('Runtime.UnhandledPromiseRejection', String(reason), {
      cause: reason,
    });
    void crash(errorBody(unhandled), 128);
  });
  process.on('uncaughtException', (error) => void crash(errorBody(error), 129));

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
      return crash(errorBody(error), 1);
    }
    try {
      const result = await handler(JSON.parse(invocation.payload), context);
      await answer({ type: 'succeeded', payload: JSON.stringify(result) ?? 'null' });
    } catch (error) {
      await answer({ type: 'failed', error: errorBody(error) });
    }
  }

  port.on('message', (message: ToEnvironment) => {
    time?.set(message.now);
    if (message.type === 'wake') time?.wake(message.sleepId);
    else void invoke(message);
  });
}

if (parentPort !== null) serve(parentPort, workerData);
