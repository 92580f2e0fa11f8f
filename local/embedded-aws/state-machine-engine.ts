import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import type {
  ExecutionAbortedError,
  ExecutionError,
  ExecutionTimeoutError,
  StateMachine,
} from 'aws-local-stepfunctions';
import { z } from 'zod';
import type { CancelTimer, Clock } from '../clock.ts';
import { virtualDate } from './virtual-date.ts';

/** aws-local-stepfunctions, driven by a `Clock`. */
export interface StateMachineEngine {
  readonly StateMachine: typeof StateMachine;
  readonly ExecutionAbortedError: typeof ExecutionAbortedError;
  readonly ExecutionError: typeof ExecutionError;
  readonly ExecutionTimeoutError: typeof ExecutionTimeoutError;
  /** Calls `run` at another date of the engine, to restart an execution with its start date. */
  at<T>(time: Date, run: () => T): T;
}

const exported = <T>() => z.custom<T>((value) => typeof value === 'function');
const engineSchema = z.object({
  StateMachine: exported<typeof StateMachine>(),
  ExecutionAbortedError: exported<typeof ExecutionAbortedError>(),
  ExecutionError: exported<typeof ExecutionError>(),
  ExecutionTimeoutError: exported<typeof ExecutionTimeoutError>(),
});

/** The maximum delay of a system timer, 24.8 days. Timers with longer delays fire immediately. */
const MAX_DELAY_MILLISECONDS = 2 ** 31 - 1;

function clockTimers(clock: Clock) {
  return {
    setTimeout(callback: () => void, milliseconds: number): CancelTimer {
      let cancel: CancelTimer;
      const wait = (remaining: number) => {
        const delay = Math.min(remaining, MAX_DELAY_MILLISECONDS);
        cancel = clock.after(delay, () => (remaining > delay ? wait(remaining - delay) : callback()));
      };
      wait(milliseconds);
      return () => cancel();
    },
    clearTimeout: (cancel: CancelTimer | undefined) => cancel?.(),
  };
}

/**
 * Loads the engine with the clock's timers and dates. Its waits, retry intervals, timeouts and
 * timestamps then follow the clock. The engine is unchanged: its module receives `setTimeout`,
 * `clearTimeout` and `Date` as parameters.
 */
export function loadStateMachineEngine(clock: Clock): StateMachineEngine {
  const { resolve } = createRequire(import.meta.url);
  const file = resolve('aws-local-stepfunctions');
  const module: { exports: unknown } = { exports: {} };
  const { setTimeout, clearTimeout } = clockTimers(clock);
  let startTime: number | undefined;
  const load = compileFunction(
    readFileSync(file, 'utf8'),
    ['exports', 'require', 'module', 'setTimeout', 'clearTimeout', 'Date'],
    { filename: file },
  );
  load(
    module.exports,
    createRequire(file),
    module,
    setTimeout,
    clearTimeout,
    virtualDate(() => startTime ?? clock.now()),
  );
  return {
    ...engineSchema.parse(module.exports),
    at(time, run) {
      startTime = time.getTime();
      try {
        return run();
      } finally {
        startTime = undefined;
      }
    },
  };
}
