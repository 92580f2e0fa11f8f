/** Messages between a Lambda environment's thread and its host. Payloads are JSON. */

/** The body of Lambda's response when a function fails. */
export interface FunctionErrorBody {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The lines of the stack trace. Absent when the environment itself ended. */
  readonly trace?: readonly string[];
}

/** The setup of an environment, which its thread reads when it starts. */
export interface EnvironmentSetup {
  /** The function's deployed folder. */
  readonly codeDirectory: string;
  /** `file.export`, as in the template. */
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memorySizeMB: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Whether `Date`, `performance.now` and `timers/promises` follow the host's clock. */
  readonly virtualTime: boolean;
}

/** `now` and `deadline` are in milliseconds since the epoch, on the host's clock. */
export type ToEnvironment =
  | {
      readonly type: 'invoke';
      readonly requestId: string;
      readonly payload: string;
      readonly now: number;
      readonly deadline: number;
    }
  | { readonly type: 'wake'; readonly sleepId: number; readonly now: number };

export type FromEnvironment =
  | { readonly type: 'sleep'; readonly sleepId: number; readonly milliseconds: number }
  | { readonly type: 'cancel-sleep'; readonly sleepId: number }
  /**
   * The invocation does nothing until one of its sleeps ends. `wakes` counts those that have ended:
   * it says whether the thread had received the host's last message then.
   */
  | { readonly type: 'waiting'; readonly wakes: number }
  | { readonly type: 'succeeded'; readonly payload: string }
  | { readonly type: 'failed'; readonly error: FunctionErrorBody }
  /** The invocation failed, and the thread is about to end. */
  | { readonly type: 'crashed'; readonly error: FunctionErrorBody };
