import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import { OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import { type Clock, systemClock } from '../clock.ts';
import { listenOnLoopback } from '../embedded-aws/http-server.ts';
import { acceptSubmission, repeatWork } from './accept-submission.ts';
import { readBody, sendProblem } from './http-messages.ts';
import { createKeptTasks } from './kept-tasks.ts';
import { createTesseractRecognizer, type Recognizer } from './recognizer.ts';
import { RequestError } from './request-problem.ts';
import { findRoute } from './routes.ts';
import {
  type ConnectionFault,
  dealer,
  type RawResponse,
  rawEnvelope,
  rawGrant,
  type ScriptedResponse,
  type ScriptedTokenResponse,
  sendResponse,
} from './scripted-responses.ts';
import { createTaskStore, type Timeline } from './task-store.ts';
import { type Credentials, createTokenEndpoint, LOCAL_CREDENTIALS } from './token-endpoint.ts';

export interface AsposeSimulatorOptions {
  /** @default systemClock */
  readonly clock?: Clock;
  /** @default a free one */
  readonly port?: number;
  /** The only credentials that get a token. @default LOCAL_CREDENTIALS */
  readonly credentials?: Credentials;
  /** @default 3600 */
  readonly accessTokenLifetimeSeconds?: number;
  /** @default half a second pending, one second processing */
  readonly timeline?: Timeline;
  /** Keeps submissions and their results. @default - they are in memory */
  readonly database?: DatabaseSync;
  /** Stays the caller's to close. @default Tesseract, started at the first need and closed with the simulator */
  readonly recognizer?: Recognizer;
}

/** A request as it came in; never its body or its token. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** The operation whose path it is, if any. */
  readonly operation: OperationName | undefined;
  /** The `id` of the query, if any. */
  readonly taskId: string | undefined;
  /** Whether there was an Authorization header. */
  readonly authorization: boolean;
  /** Milliseconds since the epoch, on the simulator's clock. */
  readonly at: number;
}

export interface AsposeSimulator extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, in place of `https://api.aspose.cloud`. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** Every request, in the order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  forgetRequests(): void;
  /** Ends the script of a task. */
  forgetScript(taskId: string): void;
  /** Scripts a task of any operation: the n-th fetch gets the n-th answer, the last repeats. */
  script(taskId: string, answers: readonly ScriptedResponse[]): void;
  /** Scripts the token endpoint likewise. */
  scriptToken(answers: readonly ScriptedTokenResponse[]): void;
  /** Stops listening and breaks what is still connected. */
  close(): Promise<void>;
}

/**
 * Starts a server on the loopback interface that speaks the contract of Aspose.OCR Cloud v5.0 and recognises
 * images for real, for trying things out without an account and for tests.
 *
 * Delays of scripted answers pass on the clock: a caller that holds a virtual clock with `during` until it has
 * such an answer waits for ever.
 */
export async function startAsposeSimulator(options: AsposeSimulatorOptions = {}): Promise<AsposeSimulator> {
  const clock = options.clock ?? systemClock;
  const credentials = options.credentials ?? LOCAL_CREDENTIALS;
  const tokens = createTokenEndpoint(clock, credentials, options.accessTokenLifetimeSeconds ?? 3600);
  const recognizer = options.recognizer ?? createTesseractRecognizer();
  const closing = new AbortController();
  const timeline = options.timeline ?? { pendingSeconds: 0.5, processingSeconds: 1 };
  const tasks = createTaskStore(clock, timeline, {
    kept: options.database && createKeptTasks(options.database),
    work: (operation, submission) => repeatWork(operation, submission, { clock, recognizer }),
    closing: closing.signal,
  });
  const requests: ReceivedRequest[] = [];
  const scripts = new Map<string, () => ScriptedResponse>();
  let nextTokenAnswer = dealer<ScriptedTokenResponse>([{ grant: {} }]);

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

    if (route === undefined) throw new RequestError(404, `There is nothing at ${path}.`);
    if (!route.methods.includes(method)) {
      const allowed = route.methods.join(', ');
      throw new RequestError(405, `${path} takes ${allowed}, got ${method}.`, { allow: allowed });
    }
    if (route.kind === 'token') return serveToken(request, response);
    checkAuthorization(operation, request.headers.authorization);
    if (operation !== undefined && method === 'POST') {
      const id = await acceptSubmission(operation, await readBody(request), { clock, recognizer, tasks });
      response.setHeader('content-type', 'text/plain; charset=utf-8');
      response.end(id);
      return;
    }
    if (taskId === undefined) throw new RequestError(400, 'id: the task id is missing from the query.');
    if (operation !== undefined && method === 'DELETE') {
      scripts.delete(taskId);
      tasks.cancel(taskId, operation);
      response.end();
      return;
    }
    const answer = scripts.get(taskId)?.() ?? tasks.fetch(taskId, operation);
    if (!('taskStatus' in answer)) return send(response, answer);
    const statusOnly = operation === undefined ? { results: null } : {};
    return send(response, rawEnvelope(taskId, { ...answer, ...statusOnly }));
  }

  async function serveToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await readBody(request));
    const answer = nextTokenAnswer();
    return send(response, 'grant' in answer ? rawGrant(tokens.grant(form), answer) : answer);
  }

  function checkAuthorization(operation: OperationName | undefined, header: string | undefined): void {
    if (operation !== undefined && OPERATIONS[operation].trial) {
      if (header === undefined) return;
      throw new RequestError(400, `${operation} takes no Authorization header, got one.`);
    }
    if (!tokens.accepts(header)) {
      const challenge = { 'www-authenticate': 'Bearer' };
      throw new RequestError(
        401,
        'Authorization must be Bearer with a token granted here, still valid.',
        challenge,
      );
    }
  }

  function send(response: ServerResponse, answer: RawResponse | ConnectionFault): Promise<void> {
    return sendResponse(response, answer, clock, closing.signal);
  }

  async function close(): Promise<void> {
    if (closing.signal.aborted) return;
    closing.abort();
    await listening.close();
    if (options.recognizer === undefined) await recognizer.close();
  }

  return {
    baseUrl: listening.url,
    credentials,
    requests,
    forgetRequests() {
      requests.length = 0;
    },
    forgetScript: (taskId) => void scripts.delete(taskId),
    script(taskId, answers) {
      scripts.set(taskId, dealer(answers));
    },
    scriptToken(answers) {
      nextTokenAnswer = dealer(answers);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
