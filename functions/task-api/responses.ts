import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import { noParametersSchema, type OperationId } from '../contracts/http-api.ts';
import { InvalidInput, parseInput } from '../core/invalid-input.ts';
import { withoutUndefined } from '../core/without-undefined.ts';

/** A request and its response, as API Gateway exchanges them with the function. */
export type Request = APIGatewayProxyEventV2;
export type Response = APIGatewayProxyStructuredResultV2;

/** A use case behind each route. */
export type RouteHandlers = Record<
  OperationId,
  (
    request: Request,
    /** Time left in this invocation. */
    remainingSeconds: () => number,
  ) => Promise<Response>
>;

/** What the path has before that of its route: the mapping of a custom domain, or nothing. */
export function pathPrefixOf({ rawPath, routeKey }: Request): string {
  const routeSegments = routeKey.split('/').length - 1;
  return rawPath.split('/').slice(0, -routeSegments).join('/');
}

/** @throws InvalidInput when the request has a query */
export function refuseQuery({ queryStringParameters = {} }: Request): void {
  parseInput(noParametersSchema, queryStringParameters);
}

/**
 * Parses the query of a list.
 *
 * @throws InvalidInput naming the parameter
 */
export function listQueryOf<Query>(
  schema: z.ZodMiniType<Query> & { readonly shape: object },
  { queryStringParameters = {} }: Request,
): Query {
  refuseRepeated(Object.keys(schema.shape), queryStringParameters);
  const { limit, ...query } = queryStringParameters;
  return parseInput(schema, { ...query, ...withoutUndefined({ limit: numberIn(limit) }) });
}

/**
 * API Gateway joins the values of a repeated parameter with commas, which no value contains.
 *
 * @throws InvalidInput for a parameter of the list that is repeated
 */
function refuseRepeated(names: readonly string[], query: Readonly<Record<string, string | undefined>>): void {
  for (const name of names) {
    const count = query[name]?.split(',').length ?? 0;
    if (count > 1) throw new InvalidInput(name, `${count} values`, 'one value');
  }
}

/** Converts digits to a number. The schema refuses anything else. */
export function numberIn(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

export function json(statusCode: number, body: object, headers: Record<string, string> = {}): Response {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
