import createFetchClient, { defaultPathSerializer, type Client as FetchClient } from 'openapi-fetch';
import type { paths } from './api-types.ts';
import { type Connection, problemOf } from './connection.ts';
import { ApiProblem } from './errors.ts';
import { InvalidOption } from './invalid-option.ts';
import type { ReadState } from './wait-until.ts';

/** The routes of the HTTP API, typed by its OpenAPI document. */
export type HttpApi = FetchClient<paths, 'application/json'>;

export function createHttpApi(connection: Connection): HttpApi {
  return createFetchClient<paths, 'application/json'>({
    baseUrl: connection.apiUrl,
    pathSerializer: pathOfIds,
    async fetch(request) {
      const { method, url, headers, signal } = request;
      const body = await request.text();
      const sent = {
        method,
        url,
        headers: Object.fromEntries(headers),
        body: body === '' ? undefined : body,
      };
      return await refuseForeignBody(await connection.callApi(sent, signal));
    },
  });
}

/**
 * Puts ids into a path.
 *
 * @throws TypeError for an id that would lead to another route
 */
function pathOfIds(path: string, ids: Readonly<Record<string, unknown>>): string {
  for (const [name, id] of Object.entries(ids)) {
    if (typeof id !== 'string' || /^\.{0,2}$/.test(id))
      throw new InvalidOption(name, typeof id === 'string' ? `'${id}'` : typeof id, 'an id');
  }
  return defaultPathSerializer(path, { ...ids });
}

/**
 * Returns a response of the HTTP API. Another web server responds to any path, often with a page.
 *
 * @throws ApiProblem for a success that is no JSON
 */
async function refuseForeignBody(response: Response): Promise<Response> {
  if (!response.ok || isJson(await response.clone().text())) return response;
  const { status, headers } = response;
  throw new ApiProblem({
    ...problemOf({ status, headers }, undefined),
    title: 'No response of the HTTP API',
    detail: `The response has the status ${status}, but is no JSON: apiUrl may be that of another server`,
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What openapi-fetch returns. */
interface Received<Data> {
  readonly data?: Data | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * Returns the body of a successful response.
 *
 * @throws ApiProblem for another response
 */
export async function dataOf<Data>(received: Promise<Received<Data>>): Promise<Data> {
  return (await stateOf(received)).state;
}

/**
 * Returns the body of a successful response, with the response.
 *
 * @throws ApiProblem for another response
 */
export async function stateOf<Data>(received: Promise<Received<Data>>): Promise<ReadState<Data>> {
  const { data, error, response } = await received;
  if (data === undefined) throw problemOf(response, error);
  return { state: data, response };
}
