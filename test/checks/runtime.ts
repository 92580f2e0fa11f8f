import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EmbeddedStack } from '../../local/embedded-aws/embedded-stack.ts';
import type { InvocationResult } from '../../local/embedded-aws/lambda-environment.ts';
import type { FunctionErrorBody } from '../../local/embedded-aws/lambda-protocol.ts';
import { CheckFailed } from './run-tool.ts';
import { installRuntimeClient } from './runtime-client/install.ts';
import { checkFailures, checkStartErrors, errorUnderBoth } from './runtime-errors.ts';
import { FUNCTION_NAMES, type Runtime, type Seen, startRuntime, until } from './runtime-stack.ts';

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

  async 'the client, which logs errors with all their fields, logs no secret and no text'({
    logs,
    simulator,
  }) {
    const { clientSecret } = simulator.credentials;
    equal(
      logs.some((line) => line.includes('Invoke Error')),
      true,
    );
    for (const secret of [clientSecret, 'envelop']) {
      equal(
        logs.find((line) => line.includes(secret)),
        undefined,
      );
    }
  },

  async 'all functions start as the template says, and else fail by name, the embedded AWS alike'(
    { optionsOf },
    client,
  ) {
    for (const name of FUNCTION_NAMES) await checkStartErrors(client, optionsOf(name));
    const refusal = JSON.stringify({ input: { taskId: '' } });
    const refused = await errorUnderBoth(client, optionsOf('fetch-result'), refusal);
    equal(refused.errorType, 'InvalidInput');
  },

  async 'any function fails in the embedded AWS as under the client'({ optionsOf }, client) {
    await checkFailures(client, optionsOf('close-task'));
  },
};

const COMPLETED = {
  taskStatus: 'Completed',
  results: [{ type: 'Text', data: Buffer.from('All men live enveloped in whale-lines.').toString('base64') }],
} as const;

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
