import type { components, operations } from './api-types.ts';

/** The bodies of the HTTP API, under the names that callers of the client use. */

type Schemas = components['schemas'];

/** The record of a task. It has an `outcome` once the task has ended. */
export type Task = Schemas['TaskRecord'];
/** A task in a list. */
export type TaskSummary = Schemas['TaskPage']['tasks'][number];
/** The state of an image, with the record of its last task. */
export type Image = Schemas['Image'];
/** The results of a task, with short-lived links. */
export type Results = Schemas['LinkedResults'];
/** The state of a batch. It has an `outcome` once the batch has ended. */
export type Batch = Schemas['Batch'];
/** A batch in a list. */
export type BatchSummary = Schemas['BatchPage']['batches'][number];
/** The items of a batch, and how they are processed. */
export type BatchRequest = Schemas['BatchRequest'];
/** Short-lived links to the results of a batch. */
export type BatchResults = Schemas['BatchResults'];

/** An Aspose operation, such as `RecognizeImage`. */
export type Operation = Task['operation'];
/** How a task ends. */
export type Outcome = NonNullable<Task['outcome']>;
/** Which tasks a list contains. */
export type TaskQuery = Omit<NonNullable<operations['listTasks']['parameters']['query']>, 'cursor'>;
/** Which batches a list contains. */
export type BatchQuery = Omit<NonNullable<operations['listBatches']['parameters']['query']>, 'cursor'>;
/** How often Aspose is asked, and for how long. */
export type PollingPolicy = {
  readonly [Name in keyof NonNullable<Schemas['StartRequest']['polling']>]?:
    | NonNullable<Schemas['StartRequest']['polling']>[Name]
    | undefined;
};

/** A document of a task: `index` of its result, or the manifest that lists all results. */
export type TaskDocument = number | 'manifest.json';
/** The files with the results of a batch. */
export type BatchFile = 'results.jsonl' | 'results.csv' | 'summary.json';

/** What a client accepts as a file. S3 needs to know its length, so it is no stream. */
export type UploadedFile = Blob | Uint8Array;

/** AWS credentials that sign requests. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** How to reach the HTTP API of ocr-courier. */
export interface ClientOptions {
  /** The output `ApiUrl` of the stack: https, or http on the loopback interface. */
  readonly apiUrl: string;
  /**
   * Region of the API, for AWS signatures.
   *
   * @default - the one in the host name of `apiUrl`, or else the environment variable AWS_REGION
   */
  readonly region?: string | undefined;
  /**
   * AWS credentials, or a function that returns current ones before each request. A credential
   * provider of the AWS SDK is such a function.
   *
   * @default - without a token: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or else the default
   * chain of the AWS SDK, if one of its packages is installed. Requests to the loopback interface
   * are not signed by default.
   */
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>) | undefined;
  /**
   * A JSON Web Token, or a function that returns a current one before each request. For an API with
   * `jwtAuthorizer`.
   *
   * @default - requests are signed with AWS credentials
   */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** Options of a single request. */
export interface CallOptions {
  /** Ends the call: it rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a call that waits. */
export interface WaitOptions<State> extends CallOptions {
  /**
   * Maximum time to wait, after which the call rejects with `WaitTimedOut`. What was started goes
   * on, and can be waited for again.
   *
   * @default 900
   */
  readonly timeoutSeconds?: number | undefined;
  /** Receives each state that was read, the last one included. */
  readonly onProgress?: ((state: State) => void) | undefined;
}

/** Options of an upload. */
export interface UploadOptions extends CallOptions {
  /**
   * Name of the file.
   *
   * @default - that of a `File`, or else `image`
   */
  readonly fileName?: string | undefined;
  /** @default 'RecognizeImage' */
  readonly operation?: Operation | undefined;
  /**
   * Settings of the operation, such as `{ resultType: 'TextAndPdf', language: 'German' }`.
   *
   * @default - those of the operation
   */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** Your own reference, which is copied to record and event. */
  readonly correlation?: string | undefined;
  /** @default - the policy of the stack */
  readonly polling?: PollingPolicy | undefined;
}

/** Options of a recognition. */
export interface RecognizeOptions extends UploadOptions, WaitOptions<Image> {}

/** Options of a collection. */
export interface CollectOptions extends WaitOptions<Task> {
  /** The operation that the task was submitted to. @default 'RecognizeImage' */
  readonly operation?: Operation | undefined;
  /** When the task was submitted, in ISO 8601. */
  readonly submittedAt?: string | undefined;
  /** Your own reference, which is copied to record and event. */
  readonly correlation?: string | undefined;
  /** @default - the policy of the stack */
  readonly polling?: PollingPolicy | undefined;
  /** Collects a task again that has already ended. @default false */
  readonly recollect?: boolean | undefined;
}
