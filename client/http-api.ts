import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';
import type { paths } from './api-types.ts';
import { type Connection, problemOf } from './connection.ts';
import type { ApiProblem } from './errors.ts';
import type { ReadState } from './wait-until.ts';

/** The routes of the HTTP API, typed by its OpenAPI document. */
export type HttpApi = FetchClient<paths, 'application/json'>;

export function createHttpApi(connection: Connection): HttpApi {
  return createFetchClient<paths, 'application/json'>({
    baseUrl: connection.apiUrl,
    async fetch(request) {
      const { method, url, headers, signal } = request;
      const body = await request.text();
      const sent = {
        method,
        url,
        headers: Object.fromEntries(headers),
        body: body === '' ? undefined : body,
      };
      const response = await connection.callApi(sent, signal);
      if (response.ok && !(await hasObject(response.clone()))) throw foreignResponse(response);
      return response;
    },
  });
}

/** Another web server responds to any path, often with a page. A SyntaxError would quote it. */
function foreignResponse({ status, headers }: Response): ApiProblem {
  return problemOf(
    { status, headers },
    {
      title: 'No response of the HTTP API',
      detail: `The response has the status ${status}, but is no JSON object: apiUrl may be that of another server`,
    },
  );
}

async function hasObject(response: Response): Promise<boolean> {
  const body: unknown = await response.json().catch(() => undefined);
  return typeof body === 'object' && body !== null;
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
