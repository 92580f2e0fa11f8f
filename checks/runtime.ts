import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type AsposeSimulator, startAsposeSimulator } from '../local/aspose-simulator/server.ts';
import { type EmbeddedStack, startEmbeddedStack } from '../local/embedded-aws/embedded-stack.ts';
import {
  type InvocationResult,
  type LambdaEnvironmentOptions,
  startLambdaEnvironment,
} from '../local/embedded-aws/lambda-environment.ts';
import type { FunctionErrorBody } from '../local/embedded-aws/lambda-protocol.ts';
import { ensureAssembly } from '../local/embedded-aws/synthesis.ts';
import { CheckFailed } from './run-tool.ts';
import { startRuntimeClient } from './runtime-client/environment.ts';
import { installRuntimeClient } from './runtime-client/install.ts';

/** The functions, by what CDK makes of their construct ids. */
const FUNCTIONS = {
  'fetch-result': 'fetchresult',
  'close-task': 'closetask',
  'start-task': 'starttask',
  'task-api': 'apifunction',
} as const;
type FunctionName = keyof typeof FUNCTIONS;

/** Far more than anything here takes; then something is wrong. */
const PATIENCE_SECONDS = 30;

/** One invocation as the runtime API saw it. */
interface Seen {
  readonly functionName: string;
  readonly payload: string;
  readonly result: InvocationResult;
}

/** The whole stack, each of its functions a process of AWS's runtime client. */
interface Runtime extends AsyncDisposable {
  readonly stack: EmbeddedStack;
  readonly simulator: AsposeSimulator;
  readonly logs: readonly string[];
  /** The invocations of a function whose payload holds this text, once there is one. */
  seen(name: FunctionName, text: string): Promise<readonly Seen[]>;
  /** How a function was started. */
  optionsOf(name: FunctionName): LambdaEnvironmentOptions;
}

/**
 * The deployed bundles under AWS's own runtime client (aws-lambda-ric): what the template says of handlers and
 * environments is what it wants, it hands errors on by the names that the state machine and the documentation rely on,
 * and the worker threads of the embedded AWS, under which everything else is tested, do as it does.
 */
export async function checkRuntime(): Promise<void> {
  const client = await installRuntimeClient();
  await using runtime = await startRuntime(client);
  for (const [what, check] of Object.entries(CHECKS)) {
    await check(runtime, client).catch((cause: unknown) => {
      throw new CheckFailed(`${what}:\n${cause}\n${runtime.logs.slice(-5).join('\n')}`, { cause });
    });
    console.log(`${what}: as it should be.`);
  }
}

const CHECKS: Readonly<Record<string, (runtime: Runtime, client: string) => Promise<void>>> = {
  async 'fetch-result collects a task'({ stack, simulator, seen, logs }) {
    simulator.script('good', [{ taskStatus: 'Pending' }, COMPLETED]);
    const execution = await run(stack, { taskId: 'good' });
    equal(execution.status, 'SUCCEEDED', execution.cause);
    equal(Object(execution.output).outcome, 'Completed');
    const [only, ...others] = await seen('fetch-result', '"good"');
    deepEqual(others, []);
    equal(Object(answerOf(only)).detail.attempts, 2);
    ok(
      logs.some((line) => line.includes('"message":"Polled"')),
      'nothing was logged',
    );
  },

  async 'fetch-result refuses bad input by name, once'({ stack, seen }) {
    const { status, error, cause } = await run(stack, { taskId: 'bad/id' });
    deepEqual([status, error], ['FAILED', 'InvalidInput']);
    match(String(cause), /taskId: got a string of 6 characters, with .+; allowed: /);
    const [only, ...others] = await seen('fetch-result', 'bad/id');
    deepEqual(others, [], 'it was invoked again');
    assertError(only, 'InvalidInput', /^taskId: got .+; allowed: /);
  },

  async 'fetch-result tells of a conflict by name'({ stack, seen }) {
    const { status, error } = await run(stack, { taskId: 'good', operation: 'RecognizePdf' });
    deepEqual([status, error], ['FAILED', 'TaskConflict']);
    const [only] = await seen('fetch-result', 'RecognizePdf');
    assertError(only, 'TaskConflict', /^taskId: good /);
  },

  async 'close-task closes the task of a stopped execution'({ stack, simulator, seen }) {
    simulator.script('stopped', [{ taskStatus: 'Pending' }]);
    const { executionArn } = await stack.startExecution({ input: { taskId: 'stopped' } });
    const ended = stack.executionEnded(executionArn);
    await until(() => simulator.requests.some(({ taskId }) => taskId === 'stopped'), 'a poll');
    await stack.stopExecution(executionArn);
    equal((await ended).status, 'ABORTED');
    const [invocation] = await seen('close-task', 'stopped');
    equal(answerOf(invocation), null);
    const api = await fetch(`${stack.outputs['ApiUrl']}/tasks/stopped`);
    equal(Object(await api.json()).status, 'Cancelled');
  },

  async 'start-task starts a collection, and refuses bad events by name'({ stack, simulator, seen }) {
    simulator.script('submitted', [COMPLETED]);
    await submit(stack, { taskId: 'submitted' });
    const [good] = await seen('start-task', '"submitted"');
    equal(answerOf(good), null);
    await seen('fetch-result', '"submitted"');
    await submit(stack, { taskId: 'refused', operation: 'Recognise' });
    const [bad] = await seen('start-task', '"refused"');
    assertError(bad, 'InvalidInput', /^operation: got 'Recognise'; allowed: /);
  },

  async 'task-api answers in the payload format 2.0'({ stack, seen }) {
    const url = `${stack.outputs['ApiUrl']}/tasks/good`;
    const answer = await fetch(url);
    equal(answer.status, 200);
    equal(Object(await answer.json()).outcome, 'Completed');
    const [invocation] = await seen('task-api', '"taskId":"good"');
    const { statusCode, headers, body, ...rest } = Object(answerOf(invocation));
    deepEqual([statusCode, headers['content-type'], typeof body], [200, 'application/json', 'string']);
    deepEqual(rest, {});
    const document = await fetch(`${url}/results/0`, { redirect: 'manual' });
    equal(document.status, 302);
    const refused = await fetch(`${url}!`);
    equal(refused.status, 400);
    equal(refused.headers.get('content-type'), 'application/problem+json');
    equal(Object(await refused.json()).type, 'urn:ocr-courier:problem:InvalidInput');
  },

  async 'all functions start, and the worker threads of the embedded AWS fail as they do'(
    { optionsOf },
    client,
  ) {
    for (const name of FUNCTION_NAMES) {
      const options = optionsOf(name);
      equal(options.setup.handler, 'index.handler');
      const { TASK_TABLE: _, ...lacking } = options.environment;
      const missing = { ...options, environment: lacking };
      const started = await assertSame(name, client, missing, '{}');
      deepEqual([started.errorType, started.errorMessage], ['MissingEnvironment', 'TASK_TABLE is not set']);
      const misnamed = {
        ...options,
        setup: { ...options.setup, handler: 'index.main' },
        environment: { ...options.environment, _HANDLER: 'index.main' },
      };
      equal((await assertSame(name, client, misnamed, '{}')).errorType, 'Runtime.HandlerNotFound');
      const absent = {
        ...options,
        setup: { ...options.setup, handler: 'main.handler' },
        environment: { ...options.environment, _HANDLER: 'main.handler' },
      };
      equal((await assertSame(name, client, absent, '{}')).errorType, 'Runtime.ImportModuleError');
    }
    const refusal = JSON.stringify({ input: { taskId: '' } });
    const refused = await assertSame('fetch-result', client, optionsOf('fetch-result'), refusal);
    equal(refused.errorType, 'InvalidInput');
  },
};

const FUNCTION_NAMES = ['fetch-result', 'close-task', 'start-task', 'task-api'] as const;
const COMPLETED = {
  taskStatus: 'Completed',
  results: [{ type: 'Text', data: Buffer.from('All men live enveloped in whale-lines.').toString('base64') }],
} as const;

async function startRuntime(client: string): Promise<Runtime> {
  await using started = new AsyncDisposableStack();
  const simulator = started.use(await startAsposeSimulator());
  const invocations: Seen[] = [];
  const options = new Map<string, LambdaEnvironmentOptions>();
  const stack = await startEmbeddedStack({
    assemblyDirectory: await ensureAssembly(),
    environment: { ASPOSE_BASE_URL: simulator.baseUrl },
    secretValue: () => JSON.stringify(simulator.credentials),
    startEnvironment(environmentOptions) {
      const { functionName } = environmentOptions.setup;
      options.set(functionName, environmentOptions);
      const environment = startRuntimeClient(client, environmentOptions);
      return {
        ...environment,
        async invoke(payload) {
          const result = await environment.invoke(payload);
          invocations.push({ functionName, payload, result });
          return result;
        },
      };
    },
  });
  started.defer(() => stack.close());
  const logs: string[] = [];
  stack.onLog((line) => logs.push(line));
  const running = started.move();

  return {
    stack,
    simulator,
    logs,
    async seen(name, text) {
      const found = () =>
        invocations.filter(
          ({ functionName, payload }) => functionName.includes(FUNCTIONS[name]) && payload.includes(text),
        );
      await until(() => found().length > 0, `an invocation of ${name} with ${text}`);
      return found();
    },
    optionsOf(name) {
      const [, found] = [...options].find(([functionName]) => functionName.includes(FUNCTIONS[name])) ?? [];
      if (found === undefined) throw new CheckFailed(`${name} has not been started.`);
      return found;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function run(stack: EmbeddedStack, input: object) {
  const { executionArn } = await stack.startExecution({ input });
  return await stack.executionEnded(executionArn);
}

async function submit(stack: EmbeddedStack, detail: object): Promise<void> {
  const client = new EventBridgeClient(stack.clientConfig('events'));
  const event = {
    EventBusName: stack.outputs['EventBusName'],
    Source: 'com.example.scanner',
    DetailType: 'OCR Task Submitted',
    Detail: JSON.stringify(detail),
  };
  await client.send(new PutEventsCommand({ Entries: [event] }));
  client.destroy();
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < PATIENCE_SECONDS * 20; tries += 1) {
    if (condition()) return;
    await sleep(50);
  }
  throw new CheckFailed(`There was not ${what} within ${PATIENCE_SECONDS} s.`);
}

function answerOf(seen: Seen | undefined): unknown {
  if (seen === undefined || 'error' in seen.result)
    throw new CheckFailed(`got ${JSON.stringify(seen?.result)}`);
  return JSON.parse(seen.result.payload);
}

function errorOf(result: InvocationResult | undefined): FunctionErrorBody {
  if (result === undefined || !('error' in result)) throw new CheckFailed(`got ${JSON.stringify(result)}`);
  return result.error;
}

function assertError(seen: Seen | undefined, errorType: string, errorMessage: RegExp): void {
  const error = errorOf(seen?.result);
  equal(error.errorType, errorType);
  match(error.errorMessage, errorMessage);
}

/** @returns the error that AWS's client and our worker thread agree upon */
async function assertSame(
  name: FunctionName,
  client: string,
  options: LambdaEnvironmentOptions,
  payload: string,
): Promise<FunctionErrorBody> {
  const errors: FunctionErrorBody[] = [];
  for (const environment of [startRuntimeClient(client, options), startLambdaEnvironment(options)]) {
    errors.push(errorOf(await environment.invoke(payload)));
    await environment.end();
  }
  const [real, ours] = errors.map(({ errorType, errorMessage }) => ({
    errorType,
    // What follows of a module that is missing tells where the client lies.
    errorMessage: errorMessage.replace(/\nRequire stack:[^]*/, ''),
  }));
  deepEqual(ours, real, `${name}: the embedded AWS fails otherwise than AWS`);
  if (real === undefined) throw new CheckFailed(`${name} did not fail.`);
  return real;
}
