import { deepEqual, equal } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type InvocationResult,
  type LambdaEnvironmentOptions,
  startLambdaEnvironment,
} from '../../local/embedded-aws/lambda-environment.ts';
import type { FunctionErrorBody } from '../../local/embedded-aws/lambda-protocol.ts';
import { CheckFailed } from './run-tool.ts';
import { startRuntimeClient } from './runtime-client/environment.ts';

/** Bundles that fail, each in a way of its own, and the errorType that AWS's client has for it. */
const FAILURES = [
  ['exports.handler = async () => { throw new RangeError("far"); };', 'RangeError'],
  ['exports.handler = () => { throw "text"; };', 'string'],
  ['exports.handler = async () => 1n;', 'Runtime.JSONStringifyError'],
  ['exports.handler = (event, context, callback) => callback();', 'Runtime.CallbackHandlerDeprecated'],
  ['exports.handler = 7;', 'Runtime.HandlerNotFound'],
  ['exports.handler = async () => {', 'Runtime.UserCodeSyntaxError'],
  ['require("absent-module");', 'Runtime.ImportModuleError'],
  ['throw new TypeError("at once");', 'TypeError'],
  ['exports.handler = async () => { process.exit(3); };', 'Runtime.ExitError'],
  [
    'exports.handler = () => { Promise.reject(new Error()); return new Promise((end) => setTimeout(end, 9e3)); };',
    'Runtime.ExitError',
  ],
] as const;

/** Has each of these bundles fail in the place of a function's own. */
export async function checkFailures(client: string, options: LambdaEnvironmentOptions): Promise<void> {
  const codeDirectory = await mkdtemp(join(tmpdir(), 'ocr-courier-failures-'));
  try {
    for (const [code, errorType] of FAILURES) {
      await writeFile(join(codeDirectory, 'index.js'), code);
      const failing = {
        ...options,
        setup: { ...options.setup, codeDirectory },
        environment: { ...options.environment, LAMBDA_TASK_ROOT: codeDirectory },
      };
      equal((await errorUnderBoth(client, failing, '{}')).errorType, errorType, code);
    }
  } finally {
    await rm(codeDirectory, { recursive: true, force: true });
  }
}

/** A function's own bundle, which must not start without its variables or under another handler's name. */
export async function checkStartErrors(client: string, options: LambdaEnvironmentOptions): Promise<void> {
  equal(options.setup.handler, 'index.handler');
  const { TASK_TABLE: _, ...environment } = options.environment;
  const { errorType, errorMessage } = await errorUnderBoth(client, { ...options, environment }, '{}');
  deepEqual([errorType, errorMessage], ['MissingEnvironmentError', 'TASK_TABLE is not set']);
  for (const [handler, expected] of [
    ['index.main', 'Runtime.HandlerNotFound'],
    ['main.handler', 'Runtime.ImportModuleError'],
  ] as const) {
    const misnamed = {
      ...options,
      setup: { ...options.setup, handler },
      environment: { ...options.environment, _HANDLER: handler },
    };
    equal((await errorUnderBoth(client, misnamed, '{}')).errorType, expected);
  }
}

/** @returns the error that AWS's client and our worker thread agree upon */
export async function errorUnderBoth(
  client: string,
  options: LambdaEnvironmentOptions,
  payload: string,
): Promise<FunctionErrorBody> {
  const [real, ours] = [
    await errorOf(startRuntimeClient(client, options), payload),
    await errorOf(startLambdaEnvironment(options), payload),
  ];
  deepEqual(ours, real, 'the embedded AWS fails otherwise than AWS');
  return real;
}

async function errorOf(
  environment: ReturnType<typeof startLambdaEnvironment>,
  payload: string,
): Promise<FunctionErrorBody> {
  const result: InvocationResult = await environment.invoke(payload);
  await environment.end();
  if (!('error' in result)) throw new CheckFailed(`It did not fail, but answered ${result.payload}.`);
  const { errorType, errorMessage } = result.error;
  // A request's id, and where a module was looked for, are of the one run alone.
  const told = errorMessage.replace(/^RequestId: \S+ /, '').replace(/\nRequire stack:.*/s, '');
  return { errorType, errorMessage: told };
}
