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

/** The result of an invocation as JSON, or its error. */
export type InvocationResult = { readonly payload: string } | { readonly error: FunctionErrorBody };

/** A thread that runs a function, one invocation at a time. */
export interface LambdaEnvironment {
  /** Runs the handler. Never rejects. */
  invoke(payload: string): Promise<InvocationResult>;
  /** False after the thread has ended. The environment then accepts no invocations. */
  isAlive(): boolean;
  end(): Promise<void>;
}

export interface LambdaEnvironmentOptions {
  readonly setup: Omit<EnvironmentSetup, 'virtualTime'>;
  /** The function's whole `process.env`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  /** Receives every line written to stdout or stderr. */
  readonly onLog: (line: string) => void;
}

export type StartEnvironment = (options: LambdaEnvironmentOptions) => LambdaEnvironment;

/** Lambda's own error for an environment that ended before it responded. */
function exitError(requestId: string, exitCode: number): FunctionErrorBody {
  const reason = exitCode === 0 ? 'without providing a reason' : `with error: exit status ${exitCode}`;
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited ${reason}`;
  return { errorType: 'Runtime.ExitError', errorMessage };
}

/**
 * Starts an execution environment.
 *
 * A virtual clock stands still (`during`) while the thread computes, and may jump while the thread
 * sleeps. So a handler must not do anything else while it sleeps.
 *
 * The memory size is passed to the function but not enforced: a thread at its heap limit can end
 * the process.
 */
export function startLambdaEnvironment(options: LambdaEnvironmentOptions): LambdaEnvironment {
  const { clock, timeoutSeconds, onLog } = options;
  const virtualTime = clock !== systemClock;
  const workerData: EnvironmentSetup = { ...options.setup, virtualTime };
  const worker = new Worker(new URL('./lambda-worker.ts', import.meta.url), {
    workerData,
    env: { ...options.environment },
    // Loading a bundle causes a warning of Node.js, which must not appear in the function's log.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
    // Saves a quarter of the memory of ten environments; functions mostly wait.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  for (const stream of [worker.stdout, worker.stderr]) createInterface({ input: stream }).on('line', onLog);

  let alive = true;
  let endWork = () => {};
  let settle: ((result: (requestId: string) => InvocationResult) => void) | undefined;
  const sleeps = new Map<number, CancelTimer>();
  let wakes = 0;

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
            wakes += 1;
            post({ type: 'wake', sleepId: message.sleepId, now: clock.now() });
          }),
        );
        return;
      case 'cancel-sleep':
        sleeps.get(message.sleepId)?.();
        sleeps.delete(message.sleepId);
        return beginWork();
      case 'waiting':
        // It may have crossed the end of a sleep, after which the thread is working again. A clock
        // that jumps then can reach the timeout of the invocation.
        if (message.wakes === wakes) endWork();
        return;
      case 'succeeded':
        return settle?.(() => ({ payload: message.payload }));
      case 'crashed':
        alive = false;
        return settle?.(() => ({ error: message.error }));
      case 'failed':
        return settle?.(() => ({ error: message.error }));
    }
  });
  // The exit that follows ends the invocation.
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
        const endTimedOut = () => {
          const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
          void end();
          settle?.(() => ({ error: { errorType: 'Sandbox.Timedout', errorMessage } }));
        };
        const cancelTimeout = clock.after(timeoutMilliseconds, endTimedOut);
        // A virtual clock stands still while a function computes or waits for I/O.
        const realTimeout = virtualTime ? setTimeout(endTimedOut, timeoutMilliseconds) : undefined;
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
