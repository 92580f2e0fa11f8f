/** What a Lambda environment's thread and its host tell each other. Payloads cross as JSON, as they do on AWS. */

/** The body that Lambda answers with when a function fails. */
export interface FunctionErrorBody {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The stack, a line an entry; not there when the environment itself ended. */
  readonly trace?: readonly string[];
}

/** How an environment is set up; read by its thread when it starts. */
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
  /** The bundle's `Date`, `performance.now` and `timers/promises` follow the host's clock, not the machine's. */
  readonly virtualTime: boolean;
}

/** `now` and `deadline` are the host clock's, in milliseconds since the epoch. */
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
  /** Nothing is being done until one of the sleeps ends. */
  | { readonly type: 'waiting' }
  | { readonly type: 'succeeded'; readonly payload: string }
  | { readonly type: 'failed'; readonly error: FunctionErrorBody }
  /** As `failed`, and the thread is about to end. */
  | { readonly type: 'crashed'; readonly error: FunctionErrorBody };
