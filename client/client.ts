import { createTimedClient } from './timed-client.ts';
import type {
  Batch,
  BatchFile,
  BatchQuery,
  BatchRequest,
  BatchResults,
  BatchSummary,
  CallOptions,
  ClientOptions,
  CollectOptions,
  Image,
  RecognizeOptions,
  Results,
  Task,
  TaskDocument,
  TaskQuery,
  TaskSummary,
  UploadedFile,
  UploadOptions,
  WaitOptions,
} from './types.ts';

export { ApiProblem, TaskFailed, WaitTimedOut } from './errors.ts';
export type * from './types.ts';

/**
 * Calls the HTTP API of a deployed ocr-courier, from Node.js and from browsers.
 *
 * A request that gets the response 429 or 503 is repeated after Retry-After, at most four times.
 * Reads and uploads are also repeated when the network fails. After that, a call rejects with the
 * error of `fetch`, usually a TypeError.
 *
 * @throws ApiProblem (every call) when the request is not served
 */
export interface OcrClient {
  /**
   * Uploads a file, and waits for the end of its recognition.
   *
   * @param file in Node.js, for example `await openAsBlob('scan.png')` of `node:fs`
   * @returns the record of the task, which is Completed
   * @throws TaskFailed, or WaitTimedOut
   * @example
   *   const { taskId } = await client.recognize(file, { settings: { resultType: 'TextAndPdf' } });
   */
  recognize(file: UploadedFile, options?: RecognizeOptions): Promise<Task>;
  /**
   * Uploads a file, whose recognition then starts by itself.
   *
   * @returns the id of the image, for `waitForImage`
   */
  upload(file: UploadedFile, options?: UploadOptions): Promise<string>;
  /**
   * Waits for the end of an image.
   *
   * @returns the record of its last task, which is Completed
   * @throws TaskFailed, or WaitTimedOut
   */
  waitForImage(imageId: string, options?: WaitOptions<Image>): Promise<Task>;
  /** Reads the state of an image. */
  readImage(imageId: string, options?: CallOptions): Promise<Image>;
  /**
   * Collects the result of a task that you submitted to Aspose, and waits for its end.
   *
   * @returns the record of the task, which is Completed
   * @throws TaskFailed, or WaitTimedOut
   */
  collect(taskId: string, options?: CollectOptions): Promise<Task>;
  /**
   * Waits for the end of a task that is being collected.
   *
   * @returns the record of the task, which is Completed. It has another id if the task was lost and
   * its image was submitted again.
   * @throws TaskFailed, or WaitTimedOut
   * @example
   *   await client.wait(taskId, { signal: AbortSignal.timeout(5000) });
   */
  wait(taskId: string, options?: WaitOptions<Task>): Promise<Task>;
  /** Reads the record of a task, ended or not. */
  read(taskId: string, options?: CallOptions): Promise<Task>;
  /** Lists the results of an ended task, with links that are valid for `linkSeconds`. */
  results(taskId: string, options?: CallOptions): Promise<Results>;
  /**
   * Downloads a document of an ended task. Read the stream to its end, or cancel it.
   *
   * @param document `index` of the result, or `manifest.json`
   * @example
   *   const text = await new Response(await client.download(taskId, 0)).text();
   */
  download(
    taskId: string,
    document: TaskDocument,
    options?: CallOptions,
  ): Promise<ReadableStream<Uint8Array>>;
  /** Cancels the collection of a task. */
  cancel(taskId: string, options?: CallOptions): Promise<Task>;
  /**
   * Lists tasks, newest first. It requests a page at a time.
   *
   * @param query `limit` is the length of a page: 1 to 100, by default 20. End the loop to read
   * fewer tasks.
   * @example
   *   for await (const { taskId } of client.list({ status: 'Failed' })) console.log(taskId);
   */
  list(query?: TaskQuery, options?: CallOptions): AsyncIterable<TaskSummary>;
  /**
   * Starts a batch, and waits for its end.
   *
   * @returns its state. `counts` says how the items ended; `outcome` is Completed when every item
   * was tried.
   * @throws WaitTimedOut
   * @example
   *   const { counts } = await client.batch({ tasks: taskIds }, { timeoutSeconds: 3600 });
   */
  batch(request: BatchRequest, options?: WaitOptions<Batch>): Promise<Batch>;
  /** Single steps of batches. */
  readonly batches: BatchClient;
}

/** Single steps of batches. */
export interface BatchClient {
  /** Starts a batch. The same `batchId` with the same request returns the same batch. */
  start(request: BatchRequest, options?: CallOptions): Promise<Batch>;
  /**
   * Waits for the end of a batch.
   *
   * @throws WaitTimedOut
   */
  wait(batchId: string, options?: WaitOptions<Batch>): Promise<Batch>;
  /** Reads the state of a batch, with its progress. */
  read(batchId: string, options?: CallOptions): Promise<Batch>;
  /** Returns links to the results of an ended batch. */
  results(batchId: string, options?: CallOptions): Promise<BatchResults>;
  /** Downloads a file with the results of an ended batch. */
  download(batchId: string, file: BatchFile, options?: CallOptions): Promise<ReadableStream<Uint8Array>>;
  /** Cancels a batch, which then ends within minutes. */
  cancel(batchId: string, options?: CallOptions): Promise<Batch>;
  /**
   * Starts a batch with the items of an ended batch that are not Completed.
   *
   * @param options `newBatchId` is by default the id of the old batch with `-r1`
   */
  retry(
    batchId: string,
    options?: CallOptions & { readonly newBatchId?: string | undefined },
  ): Promise<Batch>;
  /** Lists batches, newest first. It requests a page at a time. */
  list(query?: BatchQuery, options?: CallOptions): AsyncIterable<BatchSummary>;
}

/**
 * Creates a client of the HTTP API.
 *
 * @throws TypeError for options that are not allowed
 * @example
 *   const client = createClient({ apiUrl: process.env['API_URL'] ?? '' });
 *   const { taskId } = await client.recognize(await openAsBlob('scan.png'));
 */
export function createClient(options: ClientOptions): OcrClient {
  return createTimedClient(options);
}
