import type { LambdaEnvironment, LambdaEnvironmentOptions, StartEnvironment } from './lambda-environment.ts';
import type { FunctionErrorBody } from './lambda-protocol.ts';

/** Maximum number of environments of a function without reserved concurrency. */
export const MAX_ENVIRONMENTS = 16;

/** A function failed, or was throttled. `body` is Lambda's response. */
export class LambdaFunctionError extends Error {
  override readonly name = 'LambdaFunctionError';
  readonly body: FunctionErrorBody;

  constructor(body: FunctionErrorBody) {
    super(`${body.errorType}: ${body.errorMessage}`);
    this.body = body;
  }
}

export interface LambdaFunctionOptions extends LambdaEnvironmentOptions {
  /** The function's reserved concurrency. */
  readonly reservedConcurrentExecutions: number | undefined;
  readonly startEnvironment: StartEnvironment;
}

/** A deployed function. It reuses warm environments, and starts another one when all are busy. */
export interface LambdaFunction {
  readonly arn: string;
  /**
   * Invokes the function and returns its result, as parsed JSON.
   *
   * @throws LambdaFunctionError when the handler throws, times out or ends its environment. The
   * errorType is `Lambda.TooManyRequestsException` when the reserved concurrency is used up.
   */
  invoke(event: unknown): Promise<unknown>;
  /** Like `invoke`, but waits instead of being throttled, as Lambda's event queue does. */
  invokeWhenFree(event: unknown): Promise<unknown>;
  /** Ends the environments, as AWS may at any time. Running invocations fail. */
  kill(): Promise<void>;
  /** Ends the environments, and rejects later invocations. */
  end(): Promise<void>;
}

export function createLambdaFunction(options: LambdaFunctionOptions): LambdaFunction {
  const { reservedConcurrentExecutions: reserved } = options;
  const concurrency = reserved ?? MAX_ENVIRONMENTS;
  const idle: LambdaEnvironment[] = [];
  const all = new Set<LambdaEnvironment>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let ended = false;

  function takeEnvironment(): LambdaEnvironment {
    for (let warm = idle.pop(); warm !== undefined; warm = idle.pop()) {
      if (warm.isAlive()) return warm;
      all.delete(warm);
    }
    const started = options.startEnvironment(options);
    all.add(started);
    return started;
  }

  async function invokeWhenFree(event: unknown): Promise<unknown> {
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    if (ended) throw new Error(`The stack of the function ${options.setup.functionName} is closed.`);
    const environment = takeEnvironment();
    const result = await environment.invoke(JSON.stringify(event) ?? 'null');
    if (environment.isAlive()) idle.push(environment);
    else all.delete(environment);
    // Passes the slot to the next waiting invocation, so that no new one can take it.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
    if ('error' in result) throw new LambdaFunctionError(result.error);
    return JSON.parse(result.payload);
  }

  async function kill(): Promise<void> {
    await Promise.all([...all].map((environment) => environment.end()));
  }

  return {
    arn: options.setup.functionArn,
    invokeWhenFree,
    async invoke(event) {
      if (reserved !== undefined && running >= reserved) {
        throw new LambdaFunctionError({
          errorType: 'Lambda.TooManyRequestsException',
          errorMessage: 'Rate Exceeded. (Service: Lambda, Status Code: 429)',
        });
      }
      return invokeWhenFree(event);
    },
    kill,
    async end() {
      ended = true;
      await kill();
    },
  };
}
