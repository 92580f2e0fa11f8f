import type { LambdaEnvironment, LambdaEnvironmentOptions, StartEnvironment } from './lambda-environment.ts';
import type { FunctionErrorBody } from './lambda-protocol.ts';

/** Environments that one function gets without reserved concurrency: a developer's machine is not a region. */
const MOST_ENVIRONMENTS = 16;

/** A function answered with an error, or could not be invoked; `body` is what Lambda answers. */
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

/** A deployed function: its environments, reused while warm, started when all are busy. */
export interface LambdaFunction {
  readonly arn: string;
  /**
   * Invokes the function and waits for its result, as parsed JSON.
   *
   * @throws LambdaFunctionError when the handler throws, times out or ends its environment, and, named
   * `Lambda.TooManyRequestsException`, when the reserved concurrency is used up.
   */
  invoke(event: unknown): Promise<unknown>;
  /** As `invoke`, but waits for its turn where `invoke` would be throttled: what Lambda does with its event queue. */
  invokeWhenFree(event: unknown): Promise<unknown>;
  /** Ends its environments, as AWS may at any moment: an invocation under way fails, the next one starts afresh. */
  kill(): Promise<void>;
  end(): Promise<void>;
}

export function createLambdaFunction(options: LambdaFunctionOptions): LambdaFunction {
  const { reservedConcurrentExecutions: reserved } = options;
  const concurrency = reserved ?? MOST_ENVIRONMENTS;
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
    if (ended) throw new Error(`The function ${options.setup.functionName} has ended with its stack.`);
    const environment = takeEnvironment();
    const result = await environment.invoke(JSON.stringify(event) ?? 'null');
    if (environment.isAlive()) idle.push(environment);
    else all.delete(environment);
    // The place goes to the next in the queue, if there is one, without ever being free in between.
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
