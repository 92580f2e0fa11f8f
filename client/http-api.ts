import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';
import type { paths } from './api-types.ts';
import { type Connection, problemOf } from './connection.ts';
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
      if (response.ok && !(await hasObject(response.clone()))) throw problemOf(response, NO_OBJECT);
      return response;
    },
  });
}

/** Another server than the HTTP API responds. A SyntaxError would quote the body. */
const NO_OBJECT = {
  title: 'No response of the HTTP API',
  detail: 'The response is no JSON object: it is not from the HTTP API of ocr-courier',
} as const;

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
