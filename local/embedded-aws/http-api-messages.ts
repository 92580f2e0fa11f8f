import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { ACCOUNT_ID } from './aws-account.ts';

/** Converts HTTP messages to and from API Gateway's payload format 2.0. */

export interface HttpApiResponse {
  readonly statusCode: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Bodies of these types are passed as text, all others as base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b|application\/[\w.-]+\+(json|xml)\b)/i;

/** Returns the event of a request; undefined when its path is badly encoded. */
export function eventOf(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  route: {
    readonly requestId: string;
    readonly routeKey: string;
    /** Percent-encoded. */
    readonly pathParameters: Readonly<Record<string, string>>;
    /** Milliseconds since the epoch. */
    readonly now: number;
  },
) {
  const decoded = decodeAll({ ...route.pathParameters, path: url.pathname });
  if (decoded === undefined) return undefined;
  const { path = '', ...pathParameters } = decoded;
  const { cookie, ...headers } = request.headers;
  const isText = TEXT.test(headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString: url.search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(url.search.length > 1 && { queryStringParameters: joinRepeated(url.searchParams) }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: 'embedded',
      domainName: url.host,
      domainPrefix: 'embedded',
      http: {
        method: request.method ?? '',
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: route.requestId,
      routeKey: route.routeKey,
      stage: '$default',
      time: new Date(route.now).toUTCString(),
      timeEpoch: route.now,
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function decodeAll(encoded: Record<string, string>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(
      Object.entries(encoded).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    return undefined;
  }
}

/** Joins the values of each name with commas. */
function joinRepeated(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(',')]),
  );
}

const resultSchema = z.object({
  statusCode: z.int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  cookies: z.array(z.string()).optional(),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
});

/**
 * Converts the result of a function to a response. Without a status code, it is the JSON body.
 *
 * @throws ZodError for a result to which API Gateway responds with 500
 */
export function responseOf(result: unknown): HttpApiResponse {
  if (!(result instanceof Object && 'statusCode' in result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result);
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = resultSchema.parse(result);
  return {
    statusCode,
    headers: {
      ...Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      ...(cookies !== undefined && { 'set-cookie': cookies }),
    },
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}
