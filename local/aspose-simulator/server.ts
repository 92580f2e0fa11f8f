import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import type { Credentials } from '../../functions/contracts/credentials.ts';
import { OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import { type Clock, systemClock } from '../clock.ts';
import { listenOnLoopback } from '../embedded-aws/http-server.ts';
import { RequestError, readBody, sendProblem } from './http-messages.ts';
import { type FindLanguageData, findInstalledLanguageData } from './language-data.ts';
import { createTesseractRecognizer, type Recognizer } from './recognizer.ts';
import { findRoute } from './routes.ts';
import {
  type ConnectionFault,
  createSequence,
  type RawResponse,
  rawEnvelope,
  rawGrant,
  type ScriptedResponse,
  type ScriptedTokenResponse,
  sendResponse,
} from './scripted-responses.ts';
import type { ScriptedUpload } from './scripted-uploads.ts';
import { checkSubmission, performSubmission } from './submitted-work.ts';
import { createTaskDatabase } from './task-database.ts';
import { createTaskStore, type Timeline } from './task-store.ts';
import { createTokenEndpoint, LOCAL_CREDENTIALS } from './token-endpoint.ts';
import { type CreatedTask, createUploadEndpoint } from './upload-endpoint.ts';

export interface AsposeSimulatorOptions {
  /** The clock of delays, expiries and task timelines. @default systemClock */
  readonly clock?: Clock;
  /** @default a free port */
  readonly port?: number;
  /** The only credentials that get a token. @default LOCAL_CREDENTIALS */
  readonly credentials?: Credentials;
  /** @default half a second pending, one second processing */
  readonly timeline?: Timeline;
  /**
   * Maximum time to hold the fetch of a task that has not ended, as Aspose seems to do.
   *
   * @default 0: responds immediately
   */
  readonly holdGetSeconds?: number;
  /** Persists submissions and their results. @default - a temporary file */
  readonly database?: DatabaseSync;
  /**
   * The OCR engine; the caller closes it.
   *
   * @default Tesseract, which starts when it is first needed and closes with the simulator
   */
  readonly recognizer?: Recognizer;
  /** Finds the data of Tesseract's languages. @default - that of installed packages */
  readonly findLanguageData?: FindLanguageData;
}

/** A received request, without its body and its token. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** The operation of the path, if it has one. */
  readonly operation: OperationName | undefined;
  /** The `id` of the query, if it has one. */
  readonly taskId: string | undefined;
  /** Whether the request had an Authorization header. */
  readonly authorization: boolean;
  /** Milliseconds since the epoch, on the simulator's clock. */
  readonly at: number;
}

export interface AsposeSimulator extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; replaces `https://api.aspose.cloud`. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** All received requests, in order. */
  readonly requests: readonly ReceivedRequest[];
  /** All tasks that were created by an upload, in order, whether or not the client got the id. */
  readonly createdTasks: readonly CreatedTask[];
  /** Empties `requests` and `createdTasks`. */
  forgetRequests(): void;
  /** Removes the script of a task. */
  forgetScript(taskId: string): void;
  /** Scripts a task of any operation: one response per fetch, in order. The last one repeats. */
  script(taskId: string, responses: readonly ScriptedResponse[]): void;
  /**
   * Scripts uploads: one entry per POST, in order. The last one repeats.
   *
   * @param operation only uploads to it. Without it, uploads to each operation without a script.
   */
  scriptUploads(uploads: readonly ScriptedUpload[], operation?: OperationName): void;
  /** Scripts the token endpoint: one response per request, in order. The last one repeats. */
  scriptToken(responses: readonly ScriptedTokenResponse[]): void;
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
}

/**
 * Starts a server on the loopback interface that implements the API of Aspose.OCR Cloud v5.0, with
 * real recognition. It is for tests, and for trying ocr-courier without an account.
 *
 * Delays of scripted responses pass on the clock. A caller must not hold a virtual clock with
 * `during` while it waits for a delayed response: it would wait indefinitely.
 */
export async function startAsposeSimulator(options: AsposeSimulatorOptions = {}): Promise<AsposeSimulator> {
  const clock = options.clock ?? systemClock;
  const credentials = options.credentials ?? LOCAL_CREDENTIALS;
  const tokens = createTokenEndpoint(clock, credentials, 3600);
  const findLanguageData = options.findLanguageData ?? findInstalledLanguageData;
  const recognizer = options.recognizer ?? createTesseractRecognizer(findLanguageData);
  const closing = new AbortController();
  const timeline = options.timeline ?? { pendingSeconds: 0.5, processingSeconds: 1 };
  // SQLite deletes a database without a name when it is closed.
  const database = options.database ?? new DatabaseSync('');
  const tasks = createTaskStore(clock, timeline, {
    database: createTaskDatabase(database),
    perform: (operation, submission) => performSubmission(operation, submission, recognizer),
    closing: closing.signal,
  });
  const requests: ReceivedRequest[] = [];
  const scripts = new Map<string, () => ScriptedResponse>();
  const uploads = createUploadEndpoint({
    clock,
    async submit(operation, submission) {
      await checkSubmission(operation, submission, findLanguageData);
      return tasks.submit(operation, submission);
    },
    scriptTask: script,
  });
  let nextTokenResponse = createSequence<ScriptedTokenResponse>([{ grant: {} }]);

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => sendProblem(response, error));
  });
  const listening = await listenOnLoopback(server, options.port);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '' } = request;
    const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
    const path = url?.pathname ?? '';
    const route = findRoute(path);
    const operation = route?.kind === 'operation' ? route.operation : undefined;
    const taskId = url?.searchParams.get('id') ?? undefined;
    const authorization = request.headers.authorization !== undefined;
    requests.push({ method, path, operation, taskId, authorization, at: clock.now() });

    if (route === undefined)
      throw new RequestError(404, `path: got ${path}; allowed: the paths of Aspose.OCR Cloud v5.0`);
    if (!route.methods.includes(method)) {
      const allowed = route.methods.join(', ');
      throw new RequestError(405, `method: got ${method}; allowed for ${path}: ${allowed}`, {
        allow: allowed,
      });
    }
    if (route.kind === 'token') return serveToken(request, response);
    if (operation !== undefined) checkAuthorization(operation, request.headers.authorization);
    if (operation !== undefined && method === 'POST')
      return send(response, await uploads.receive(operation, request));
    if (taskId === undefined)
      throw new RequestError(400, 'id: got none in the query; allowed: the id of a task');
    if (operation !== undefined && method === 'DELETE') {
      scripts.delete(taskId);
      tasks.cancel(taskId, operation);
      response.end();
      return;
    }
    const script = scripts.get(taskId);
    if (script === undefined && operation !== undefined) await hold(taskId, operation, response);
    const state = script?.() ?? tasks.fetch(taskId, operation);
    if (!('taskStatus' in state)) return send(response, state);
    const statusOnly = operation === undefined ? { results: null } : {};
    return send(response, rawEnvelope(taskId, { ...state, ...statusOnly }));
  }

  /** Waits until a task has ended, but no longer than its client and `holdGetSeconds` allow. */
  async function hold(taskId: string, operation: OperationName, response: ServerResponse): Promise<void> {
    const { holdGetSeconds = 0 } = options;
    if (holdGetSeconds === 0) return;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, closing.signal]);
    const cancelTimer = clock.after(holdGetSeconds * 1000, () => over.abort());
    response.once('close', () => over.abort());
    await tasks.untilEnded(taskId, operation, signal);
    cancelTimer();
  }

  async function serveToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, 'content-type': contentType } = request.headers;
    const body = await readBody(request);
    const scripted = nextTokenResponse();
    if (!('grant' in scripted)) return send(response, scripted);
    return send(response, rawGrant(await tokens.grant({ authorization, contentType, body }), scripted));
  }

  /** Aspose ignores a token where none is needed: for evaluation operations and GetTaskStatus. */
  function checkAuthorization(operation: OperationName, header: string | undefined): void {
    if (OPERATIONS[operation].trial || tokens.accepts(header)) return;
    const got = header === undefined ? 'none' : 'an invalid token';
    throw new RequestError(401, `Authorization: got ${got}; allowed: Bearer and a valid token`, {
      'www-authenticate': 'Bearer',
    });
  }

  function send(response: ServerResponse, scripted: RawResponse | ConnectionFault): Promise<void> {
    return sendResponse(response, scripted, clock, closing.signal);
  }

  function script(taskId: string, responses: readonly ScriptedResponse[]): void {
    scripts.set(taskId, createSequence(responses));
  }

  async function close(): Promise<void> {
    if (closing.signal.aborted) return;
    closing.abort();
    await listening.close();
    if (options.recognizer === undefined) await recognizer.close();
    if (options.database === undefined) database.close();
  }

  return {
    baseUrl: listening.url,
    credentials,
    requests,
    createdTasks: uploads.createdTasks,
    forgetRequests() {
      requests.length = 0;
      uploads.createdTasks.length = 0;
    },
    forgetScript: (taskId) => void scripts.delete(taskId),
    script,
    scriptUploads: uploads.script,
    scriptToken(responses) {
      nextTokenResponse = createSequence(responses);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
