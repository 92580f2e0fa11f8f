import { streamActivity } from './activity-stream.ts';
import type { Choices, Recognized } from './page-contract.ts';
import { PageRefusal } from './page-error.ts';
import type { PageFile } from './page-files.ts';
import type { Routes } from './page-server.ts';
import type { TaskActivity } from './task-activity.ts';

export interface PageRoutesOptions {
  /** The page's files, by their paths. */
  readonly files: ReadonlyMap<string, PageFile>;
  /** Where the HTTP API of the stack is served. */
  readonly apiUrl: string;
  readonly activity: TaskActivity;
  readonly choices: Choices;
  /**
   * Submits a file and starts the collection of its task.
   *
   * @throws UsageError for what cannot be submitted, SubmitError when it was refused
   */
  readonly recognize: (file: Uint8Array, query: URLSearchParams) => Promise<Recognized>;
}

/** The page runs what comes with it, and shows pictures that were chosen in it. Nothing may frame it. */
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * A document is foreign content in the page's own origin: nothing in it may run or load. Browsers show no PDF in a
 * sandbox; they show it in a viewer that has no part in the page's origin.
 */
const documentPolicy = (contentType: string) =>
  `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'${contentType === 'application/pdf' ? '' : '; sandbox'}`;

/** The page, what it needs under `/local/`, and the HTTP API for everything else. */
export function pageRoutes({ files, apiUrl, activity, choices, recognize }: PageRoutesOptions): Routes {
  return async (request) => {
    const { pathname, search, searchParams } = new URL(request.url);
    const route = `${request.method} ${pathname}`;
    const file = ['GET', 'HEAD'].includes(request.method) ? files.get(pathname) : undefined;
    if (file !== undefined) {
      return new Response(file.content, {
        headers: { 'content-type': file.contentType, 'content-security-policy': PAGE_POLICY },
      });
    }
    if (!pathname.startsWith('/local/')) return await askApi(`${pathname}${search}`, request);
    if (route === 'GET /local/choices') return Response.json(choices);
    if (route === 'GET /local/activity') return streamActivity(activity);
    if (route === 'POST /local/recognize') {
      return Response.json(await recognize(await request.bytes(), searchParams), { status: 202 });
    }
    const [, pollsOf] = /^GET \/local\/tasks\/([^/]+)\/polls$/.exec(route) ?? [];
    if (pollsOf !== undefined) return Response.json(activity.pollsOf(pollsOf));
    const [, taskId, index] = /^GET \/local\/tasks\/([^/]+)\/documents\/([^/]+)$/.exec(route) ?? [];
    if (taskId !== undefined) return await showDocument(`/tasks/${taskId}/results/${index}`);
    throw new PageRefusal(404, `There is nothing at ${route}.`);
  };

  async function askApi(path: string, { method, headers, body }: Request): Promise<Response> {
    const answer = await fetch(urlOf(path), {
      method,
      headers,
      redirect: 'manual',
      ...(body !== null && { body, duplex: 'half' }),
    });
    return new Response(answer.body, { status: answer.status, headers: endToEnd(answer.headers) });
  }

  /** The API's links are made for keeping a document: here its content is fetched, to be shown. */
  async function showDocument(path: string): Promise<Response> {
    const answer = await fetch(urlOf(path));
    const contentType = answer.headers.get('content-type') ?? 'application/octet-stream';
    return new Response(answer.body, {
      status: answer.status,
      headers: { 'content-type': contentType, 'content-security-policy': documentPolicy(contentType) },
    });
  }

  /** A path that begins with two slashes would lead elsewhere if it were resolved. */
  function urlOf(path: string): URL {
    return new URL(`${apiUrl.replace(/\/$/, '')}${path}`);
  }
}

/** `fetch` has undone what these tell of. */
function endToEnd(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of [
    'connection',
    'content-encoding',
    'content-length',
    'keep-alive',
    'transfer-encoding',
  ]) {
    kept.delete(name);
  }
  return kept;
}
