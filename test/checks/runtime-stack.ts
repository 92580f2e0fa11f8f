import { setTimeout as sleep } from 'node:timers/promises';
import { type AsposeSimulator, startAsposeSimulator } from '../../local/aspose-simulator/server.ts';
import { type EmbeddedStack, startEmbeddedStack } from '../../local/embedded-aws/embedded-stack.ts';
import type {
  InvocationResult,
  LambdaEnvironmentOptions,
} from '../../local/embedded-aws/lambda-environment.ts';
import { ensureAssembly } from '../../local/embedded-aws/synthesis.ts';
import { CheckFailed } from './run-tool.ts';
import { startRuntimeClient } from './runtime-client/environment.ts';

export const FUNCTION_NAMES = ['fetch-result', 'close-task', 'start-task', 'task-api'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** What CDK makes of their construct ids, within their names. */
const CONSTRUCT_IDS: Readonly<Record<FunctionName, string>> = {
  'fetch-result': 'fetchresult',
  'close-task': 'closetask',
  'start-task': 'starttask',
  'task-api': 'apifunction',
};

/** Far more than anything here takes; then something is wrong. */
const PATIENCE_SECONDS = 30;

/** One invocation as the runtime API saw it. */
export interface Seen {
  readonly functionName: string;
  readonly payload: string;
  readonly result: InvocationResult;
}

/** The whole stack, each of its functions a process of AWS's runtime client. */
export interface Runtime extends AsyncDisposable {
  readonly stack: EmbeddedStack;
  readonly simulator: AsposeSimulator;
  readonly logs: readonly string[];
  /** The invocations of a function whose payload holds this text, once there is one. */
  seen(name: FunctionName, text: string): Promise<readonly Seen[]>;
  /** How a function was started. */
  optionsOf(name: FunctionName): LambdaEnvironmentOptions;
}

/** @param client the entry file of AWS's client */
export async function startRuntime(client: string): Promise<Runtime> {
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
          ({ functionName, payload }) => functionName.includes(CONSTRUCT_IDS[name]) && payload.includes(text),
        );
      await until(() => found().length > 0, `an invocation of ${name} with ${text}`);
      return found();
    },
    optionsOf(name) {
      const [, found] =
        [...options].find(([functionName]) => functionName.includes(CONSTRUCT_IDS[name])) ?? [];
      if (found === undefined) throw new CheckFailed(`${name} has not been started.`);
      return found;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** @throws CheckFailed when it has not come true in good time */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < PATIENCE_SECONDS * 20; tries += 1) {
    if (condition()) return;
    await sleep(50);
  }
  throw new CheckFailed(`There was not ${what} within ${PATIENCE_SECONDS} s.`);
}
