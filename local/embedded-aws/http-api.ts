import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { eventOf, type HttpApiResponse, responseOf } from './http-api-messages.ts';
import { type LoopbackServer, listenOnLoopback, refuseForeign } from './http-server.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Template } from './template.ts';
import { UnsupportedError } from './unsupported-error.ts';

const apiSchema = z.object({
  ProtocolType: z.literal('HTTP', 'only HTTP APIs are served'),
  CorsConfiguration: z.never('CORS is not served').optional(),
  Body: z.never('OpenAPI definitions are not served').optional(),
});
const stageSchema = z.object({
  StageName: z.literal('$default', 'only the stage $default is served'),
  StageVariables: z.never('stage variables are not served').optional(),
});
const integrationSchema = z.object({
  IntegrationType: z.literal('AWS_PROXY', 'only Lambda functions are served'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0', 'only the payload format 2.0 is served'),
  RequestParameters: z.never('parameter mapping is not served').optional(),
  ResponseParameters: z.never('parameter mapping is not served').optional(),
});
const routeSchema = z.object({
  RouteKey: z
    .string()
    .regex(/^(?!ANY )[A-Z]+ (\/|(\/([\w.~-]+|\{\w+\}))+)$/, 'only routes of a method and a path are served'),
  Target: z.string().startsWith('integrations/'),
});

interface Route {
  readonly key: string;
  readonly method: string;
  /** `{name}` stands for any one segment. */
  readonly segments: readonly string[];
  readonly lambdaFunction: LambdaFunction;
}

export interface HttpApiOptions {
  readonly template: Template;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly clock: Clock;
}

/** The HTTP API of a stack. Nobody is authorised or throttled: that is API Gateway's own affair. */
export interface HttpApi extends LoopbackServer {
  /**
   * Serves the template's API, if it has one.
   *
   * @throws UnsupportedError for what would not be served as on AWS
   */
  serve(options: HttpApiOptions): void;
}

/** Listens at once, as the template's outputs tell where. */
export async function startHttpApi(): Promise<HttpApi> {
  let answer = async (_: IncomingMessage, _requestId: string) => NOT_FOUND;
  const server = createServer((request, response) => {
    const requestId = randomUUID();
    answer(request, requestId)
      // A function that fails or answers nonsense, however it does.
      .catch(() => INTERNAL_SERVER_ERROR)
      .then(({ statusCode, headers, body }) =>
        response.writeHead(statusCode, { ...headers, 'apigw-requestid': requestId }).end(body),
      )
      .catch(() => response.destroy());
  });
  return {
    ...(await listenOnLoopback(refuseForeign(server))),
    serve(options) {
      const routes = readRoutes(options);
      answer = (request, requestId) => answerRequest(request, requestId, routes, options.clock);
    },
  };
}

const message = (statusCode: number, text: string): HttpApiResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message: text })),
});
const BAD_REQUEST = message(400, 'Bad Request');
const NOT_FOUND = message(404, 'Not Found');
const INTERNAL_SERVER_ERROR = message(500, 'Internal Server Error');

async function answerRequest(
  request: IncomingMessage,
  requestId: string,
  routes: readonly Route[],
  clock: Clock,
): Promise<HttpApiResponse> {
  const { method = '' } = request;
  const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
  if (url === null) return BAD_REQUEST;
  const segments = url.pathname.split('/').slice(1);
  const route = routes.find((candidate) => candidate.method === method && matches(candidate, segments));
  if (route === undefined) return NOT_FOUND;
  const event = eventOf(request, url, await buffer(request), {
    requestId,
    routeKey: route.key,
    pathParameters: pathParametersOf(route, segments),
    now: clock.now(),
  });
  return event === undefined ? BAD_REQUEST : responseOf(await route.lambdaFunction.invoke(event));
}

function readRoutes({ template, functions }: HttpApiOptions): Route[] {
  const apis = template.resources('AWS::ApiGatewayV2::Api');
  if (apis.length > 1) throw new UnsupportedError(`The stack has ${apis.length} HTTP APIs; one is served.`);
  for (const api of apis) template.read(api, apiSchema);
  for (const stage of template.resources('AWS::ApiGatewayV2::Stage')) template.read(stage, stageSchema);
  const integrations = new Map(
    template.resources('AWS::ApiGatewayV2::Integration').map((resource) => {
      const { IntegrationUri } = template.read(resource, integrationSchema);
      const lambdaFunction = functions.get(IntegrationUri);
      if (lambdaFunction !== undefined) return [`integrations/${resource.ref}`, lambdaFunction];
      throw new UnsupportedError(`${resource.logicalId} is for ${IntegrationUri}, no function of the stack.`);
    }),
  );
  const routes = template.resources('AWS::ApiGatewayV2::Route').map((resource): Route => {
    const { RouteKey, Target } = template.read(resource, routeSchema);
    const [method = '', path = ''] = RouteKey.split(' ');
    const lambdaFunction = integrations.get(Target);
    if (lambdaFunction === undefined) throw new UnsupportedError(`${resource.logicalId} has no integration.`);
    return { key: RouteKey, method, segments: path.split('/').slice(1), lambdaFunction };
  });
  // A route that says a segment goes before one that takes any.
  return routes.sort((one, other) => variables(one) - variables(other));
}

const isVariable = (segment: string) => segment.startsWith('{');
const variables = ({ segments }: Route) => segments.filter(isVariable).length;

function matches(route: Route, segments: readonly string[]): boolean {
  if (route.segments.length !== segments.length) return false;
  return route.segments.every((segment, at) =>
    isVariable(segment) ? segments[at] !== '' : segment === segments[at],
  );
}

function pathParametersOf(route: Route, segments: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    route.segments.flatMap((segment, at) =>
      isVariable(segment) ? [[segment.slice(1, -1), segments[at] ?? '']] : [],
    ),
  );
}
