import { RESULT_FILES } from '../../cli/batch/result-files.ts';
import { parseInput } from '../../functions/core/invalid-input.ts';
import { type SearchHits, searchRequestSchema } from '../search/search-hits.ts';
import type { PageBatches } from './batch-on-page.ts';
import { readBatchFailures, redirectToResults } from './batch-results.ts';
import type { KeptFile, KeptFiles } from './kept-files.ts';
import type { Choices, Recognized } from './page-contract.ts';
import { PageError } from './page-error.ts';
import type { PageFile } from './page-files.ts';
import type { Routes } from './page-server.ts';
import type { TaskActivity } from './task-activity.ts';

export interface PageRoutesOptions {
  /** The page's files by their URL paths. */
  readonly files: ReadonlyMap<string, PageFile>;
  /** Base URL of the stack's HTTP API. */
  readonly apiUrl: string;
  readonly activity: TaskActivity;
  readonly choices: Choices;
  /**
   * Uploads a file to the inbox, and waits for its task.
   *
   * @throws InvalidInput, UsageError, UploadRejectedError or PageError
   */
  readonly recognize: (file: Uint8Array, query: URLSearchParams) => Promise<Recognized>;
  readonly batches: PageBatches;
  /** Searches the collected documents. */
  readonly search: (query: string, limit: number) => Promise<SearchHits>;
  readonly keptFiles: KeptFiles;
}

interface BatchRequestPath {
  readonly batchId: string;
  /** What follows the id. */
  readonly part: string | undefined;
  readonly query: URLSearchParams;
}

/** The page runs only its own script, shows images that the user chose, and must not be framed. */
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * A document is untrusted content on the page's own origin, so nothing in it may run or load.
 * Browsers do not show a PDF in a sandbox, but their viewer has no access to the page's origin.
 */
const documentPolicy = (contentType: string) =>
  `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'${contentType === 'application/pdf' ? '' : '; sandbox'}`;

/** The status of a document whose record has expired. */
const GONE = 410;

/** Serves the page and its routes under `/local/`, and forwards the rest to the HTTP API. */
export function pageRoutes(options: PageRoutesOptions): Routes {
  const { files, apiUrl, activity, choices, recognize, batches, search: findHits, keptFiles } = options;
  return async (request) => {
    const { pathname, search, searchParams } = new URL(request.url);
    const route = `${request.method} ${pathname}`;
    const file = ['GET', 'HEAD'].includes(request.method) ? files.get(pathname) : undefined;
    if (file !== undefined) {
      return new Response(file.content, {
        headers: { 'content-type': file.contentType, 'content-security-policy': PAGE_POLICY },
      });
    }
    if (!pathname.startsWith('/local/')) return await forwardToApi(`${pathname}${search}`, request);
    if (route === 'GET /local/choices') return Response.json(choices);
    if (route === 'GET /local/activity') return activity.stream();
    if (route === 'POST /local/recognize') {
      return Response.json(await recognize(await request.bytes(), searchParams), { status: 202 });
    }
    if (route === 'GET /local/search') {
      const { q, limit } = parseInput(searchRequestSchema, Object.fromEntries(searchParams));
      return Response.json(await findHits(q, limit));
    }
    const [, imageTaskId] = /^GET \/local\/tasks\/([^/]+)\/image$/.exec(route) ?? [];
    if (imageTaskId !== undefined) return showFile(await keptFiles.image(imageTaskId));
    const [, polledId] = /^GET \/local\/tasks\/([^/]+)\/polls$/.exec(route) ?? [];
    if (polledId !== undefined) return Response.json(activity.pollsOf(polledId));
    const [, taskId, index] = /^GET \/local\/tasks\/([^/]+)\/documents\/([^/]+)$/.exec(route) ?? [];
    if (taskId !== undefined) return await showDocument(taskId, String(index));
    const [, batchId, batchPart] = /^\/local\/batches\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
    if (batchId !== undefined) {
      const response = await respondForBatch(request, { batchId, part: batchPart, query: searchParams });
      if (response !== undefined) return response;
    }
    throw new PageError(404, `There is no route ${route}.`);
  };

  /** Handles the routes below `/local/batches/{batchId}`; undefined for any other. */
  async function respondForBatch(
    request: Request,
    { batchId, part, query }: BatchRequestPath,
  ): Promise<Response | undefined> {
    if (request.method === 'POST' && part === undefined) {
      return Response.json(await batches.start(batchId, query), { status: 202 });
    }
    if (request.method === 'POST' && part === 'images') {
      return Response.json(await batches.storeImage(batchId, await request.bytes(), query), { status: 201 });
    }
    if (request.method !== 'GET') return undefined;
    if (part === 'failures') return Response.json(await readBatchFailures(apiUrl, batchId));
    const file = RESULT_FILES.find((name) => name === part);
    return file && (await redirectToResults(apiUrl, batchId, file));
  }

  async function forwardToApi(path: string, { method, headers, body }: Request): Promise<Response> {
    const response = await fetch(apiUrlOf(path), {
      method,
      headers,
      redirect: 'manual',
      ...(body !== null && { body, duplex: 'half' }),
    });
    return new Response(response.body, { status: response.status, headers: endToEnd(response.headers) });
  }

  /** Follows the API's download link of a document, and serves the document for display. */
  async function showDocument(taskId: string, index: string): Promise<Response> {
    const response = await fetch(apiUrlOf(`/tasks/${taskId}/results/${index}`));
    const kept = response.status === GONE ? await keptFiles.document(taskId, Number(index)) : undefined;
    if (kept !== undefined) return showFile(kept);
    const contentType = response.headers.get('content-type') ?? 'application/octet-stream';
    return new Response(response.body, {
      status: response.status,
      headers: { 'content-type': contentType, 'content-security-policy': documentPolicy(contentType) },
    });
  }

  /** Concatenates, because resolving a path that begins with two slashes would change the host. */
  function apiUrlOf(path: string): URL {
    return new URL(`${apiUrl.replace(/\/$/, '')}${path}`);
  }
}

function showFile({ contentType, content }: KeptFile): Response {
  return new Response(Buffer.from(content), {
    headers: { 'content-type': contentType, 'content-security-policy': documentPolicy(contentType) },
  });
}

/** Headers about the transfer, which `fetch` has already undone. */
const TRANSFER_HEADERS = [
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'transfer-encoding',
];

function endToEnd(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => !TRANSFER_HEADERS.includes(name)));
}
