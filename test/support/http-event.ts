import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { TASK_API_ROUTES } from '../../functions/contracts/http-api.ts';

/** Builds a request in API Gateway's payload format, for the route that matches its path. */
export function anHttpEvent(
  method: string,
  path: string,
  details: Partial<APIGatewayProxyEventV2> = {},
): APIGatewayProxyEventV2 {
  const { routeKey, pathParameters } = matchRoute(method, path);
  return {
    version: '2.0',
    routeKey,
    ...(pathParameters !== undefined && { pathParameters }),
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: {
      accountId: '111122223333',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'the-request',
      routeKey,
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1_767_225_600_000,
    },
    isBase64Encoded: false,
    ...details,
  };
}

function matchRoute(method: string, path: string) {
  for (const route of TASK_API_ROUTES) {
    const pattern = new RegExp(`^${route.path.replace('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = route.method === method ? pattern.exec(path) : null;
    if (match !== null) return { routeKey: `${method} ${route.path}`, pathParameters: match.groups };
  }
  throw new TypeError(`no route for ${method} ${path}`);
}
