import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { type CancelTimer, type Clock, systemClock } from '../clock.ts';
import type {
  EnvironmentSetup,
  FromEnvironment,
  FunctionErrorBody,
  ToEnvironment,
} from './lambda-protocol.ts';

/** How an invocation ended: the result as JSON, or the error. */
export type InvocationResult = { readonly payload: string } | { readonly error: FunctionErrorBody };

/** One thread that runs a function, for one invocation at a time. */
export interface LambdaEnvironment {
  /** Runs the handler. Never rejects. */
  invoke(payload: string): Promise<InvocationResult>;
  /** False once the thread has ended: the environment serves no more invocations. */
  isAlive(): boolean;
  end(): Promise<void>;
}

export interface LambdaEnvironmentOptions {
  readonly setup: Omit<EnvironmentSetup, 'virtualTime'>;
  /** The whole of the function's `process.env`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  /** Gets every line written to stdout or stderr. */
  readonly onLog: (line: string) => void;
}

/** How environments come to be. */
export type StartEnvironment = (options: LambdaEnvironmentOptions) => LambdaEnvironment;

/** Lambda's own words for an environment that ended before it answered. */
export function exitError(requestId: string, exitCode: number): FunctionErrorBody {
  const what =
    exitCode === 0
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: exit status ${exitCode}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${what}` };
}

/**
 * Starts an execution environment.
 *
 * While the thread computes, the clock is told so (`during`); while it sleeps on the clock, it is not, so that a
 * virtual clock can jump. A sleep therefore says that the invocation does nothing else meanwhile.
 *
 * The function's memory size is told to it but not enforced: a thread that is at its heap limit can take the whole
 * process down.
 */
export function startLambdaEnvironment(options: LambdaEnvironmentOptions): LambdaEnvironment {
  const { clock, timeoutSeconds, onLog } = options;
  const virtualTime = clock !== systemClock;
  const workerData: EnvironmentSetup = { ...options.setup, virtualTime };
  const worker = new Worker(new URL('./lambda-worker.ts', import.meta.url), {
    workerData,
    env: { ...options.environment },
    // Of the way in which the thread loads bundles in virtual time; it would be in the function's log.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) createInterface({ input: stream }).on('line', onLog);

  let alive = true;
  let endWork = () => {};
  let settle: ((result: (requestId: string) => InvocationResult) => void) | undefined;
  const sleeps = new Map<number, CancelTimer>();

  const post = (message: ToEnvironment) => worker.postMessage(message);
  function beginWork(): void {
    endWork();
    const { promise, resolve } = Promise.withResolvers<void>();
    void clock.during(promise);
    endWork = resolve;
  }

  worker.on('message', (message: FromEnvironment) => {
    switch (message.type) {
      case 'sleep':
        sleeps.set(
          message.sleepId,
          clock.after(message.milliseconds, () => {
            sleeps.delete(message.sleepId);
            beginWork();
            post({ type: 'wake', sleepId: message.sleepId, now: clock.now() });
          }),
        );
        return;
      case 'cancel-sleep':
        sleeps.get(message.sleepId)?.();
        sleeps.delete(message.sleepId);
        return beginWork();
      case 'waiting':
        return endWork();
      case 'succeeded':
        return settle?.(() => ({ payload: message.payload }));
      case 'crashed':
        alive = false;
        return settle?.(() => ({ error: message.error }));
      case 'failed':
        return settle?.(() => ({ error: message.error }));
    }
  });
  // The exit that follows tells all that an invocation needs to know.
  worker.on('error', (error) => onLog(String(error)));
  worker.on('exit', (exitCode) => {
    alive = false;
    settle?.((requestId) => ({ error: exitError(requestId, exitCode) }));
  });

  function end(): Promise<void> {
    alive = false;
    return worker.terminate().then(() => {});
  }

  return {
    isAlive: () => alive,
    end,
    invoke: (payload) =>
      new Promise((resolve) => {
        const requestId = randomUUID();
        const timeoutMilliseconds = timeoutSeconds * 1000;
        const timedOut = () => {
          const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
          void end();
          settle?.(() => ({ error: { errorType: 'Sandbox.Timedout', errorMessage } }));
        };
        const cancelTimeout = clock.after(timeoutMilliseconds, timedOut);
        // A function that computes for ever, or waits for an answer that never comes, holds a virtual clock.
        const realTimeout = virtualTime ? setTimeout(timedOut, timeoutMilliseconds) : undefined;
        settle = (result) => {
          settle = undefined;
          cancelTimeout();
          clearTimeout(realTimeout);
          for (const cancelSleep of sleeps.values()) cancelSleep();
          sleeps.clear();
          endWork();
          resolve(result(requestId));
        };
        beginWork();
        const now = clock.now();
        post({ type: 'invoke', requestId, payload, now, deadline: now + timeoutMilliseconds });
      }),
  };
}
