import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { allowsOrigin, type CorsRule, corsHeaders, isPreflight } from './cors.ts';
import { eventOf, type HttpApiResponse, responseOf } from './http-api-messages.ts';
import { type LoopbackServer, listenOnLoopback, refuseForeign } from './http-server.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Template } from './template.ts';
import { UnsupportedError } from './unsupported-error.ts';

const apiSchema = z.object({
  ProtocolType: z.literal('HTTP', 'only HTTP APIs are supported'),
  CorsConfiguration: z
    .strictObject({
      AllowOrigins: z.array(z.string()),
      AllowMethods: z.array(z.string()),
      AllowHeaders: z.array(z.string()).default([]),
      ExposeHeaders: z.array(z.string()).default([]),
      // A browser may keep the response to its question; each page of a test asks anew.
      MaxAge: z.number().optional(),
    })
    .transform(
      (cors): CorsRule => ({
        origins: cors.AllowOrigins,
        methods: cors.AllowMethods,
        headers: cors.AllowHeaders,
        exposed: cors.ExposeHeaders,
      }),
    )
    .optional(),
  Body: z.never('OpenAPI definitions are not supported').optional(),
});
const stageSchema = z.object({
  StageName: z.literal('$default', 'only the stage $default is supported'),
  StageVariables: z.never('stage variables are not supported').optional(),
});
const integrationSchema = z.object({
  IntegrationType: z.literal('AWS_PROXY', 'only Lambda functions are supported'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0', 'only the payload format 2.0 is supported'),
  RequestParameters: z.never('parameter mapping is not supported').optional(),
  ResponseParameters: z.never('parameter mapping is not supported').optional(),
});
const routeSchema = z.object({
  RouteKey: z
    .string()
    .regex(
      /^(?!ANY )[A-Z]+ (\/|(\/([\w.~-]+|\{\w+\}))+)$/,
      'only routes of a method and a path are supported',
    ),
  Target: z.string().startsWith('integrations/'),
});

interface HttpApiRoute {
  readonly key: string;
  readonly method: string;
  /** The segments of its path. `{name}` matches any one segment. */
  readonly segments: readonly string[];
  readonly lambdaFunction: LambdaFunction;
}

export interface HttpApiOptions {
  readonly template: Template;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly clock: Clock;
}

/** The HTTP API of a stack. Unlike API Gateway, it neither authorizes nor throttles. */
export interface HttpApi extends LoopbackServer {
  /**
   * Serves the template's API, if it has one.
   *
   * @throws UnsupportedError for an API that would behave differently on AWS
   */
  serve(options: HttpApiOptions): void;
}

/** Starts to listen before the API is known, because the template's outputs contain the URL. */
export async function startHttpApi(): Promise<HttpApi> {
  let respond = async (_: IncomingMessage, _requestId: string) => NOT_FOUND;
  let cors: CorsRule | undefined;
  const server = createServer((request, response) => {
    const requestId = randomUUID();
    respond(request, requestId)
      // The function failed, or its result is no response.
      .catch(() => INTERNAL_SERVER_ERROR)
      .then(({ statusCode, headers, body }) =>
        response
          .writeHead(statusCode, {
            ...headers,
            ...(cors !== undefined && allowsOrigin(cors, request) && corsHeaders(cors, request)),
            'apigw-requestid': requestId,
          })
          .end(body),
      )
      .catch(() => response.destroy());
  });
  return {
    ...(await listenOnLoopback(refuseForeign(server, () => cors))),
    serve(options) {
      const routes = readRoutes(options);
      cors = readCors(options.template);
      respond = async (request, requestId) =>
        allowsOrigin(cors, request) && isPreflight(request)
          ? NO_CONTENT
          : await routeRequest(request, requestId, routes, options.clock);
    },
  };
}

const message = (statusCode: number, text: string): HttpApiResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message: text })),
});
const NO_CONTENT: HttpApiResponse = { statusCode: 204, headers: {}, body: Buffer.alloc(0) };
const BAD_REQUEST = message(400, 'Bad Request');
const NOT_FOUND = message(404, 'Not Found');
const INTERNAL_SERVER_ERROR = message(500, 'Internal Server Error');

async function routeRequest(
  request: IncomingMessage,
  requestId: string,
  routes: readonly HttpApiRoute[],
  clock: Clock,
): Promise<HttpApiResponse> {
  const { method = '' } = request;
  const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
  if (url === null) return BAD_REQUEST;
  const segments = url.pathname.split('/').slice(1);
  const route = routes.find((candidate) => candidate.method === method && matches(candidate, segments));
  if (route === undefined) return NOT_FOUND;
  const variables = route.segments.flatMap((segment, index) =>
    isVariable(segment) ? [[segment.slice(1, -1), segments[index] ?? '']] : [],
  );
  const event = eventOf(request, url, await buffer(request), {
    requestId,
    routeKey: route.key,
    pathParameters: Object.fromEntries(variables),
    now: clock.now(),
  });
  return event === undefined ? BAD_REQUEST : responseOf(await route.lambdaFunction.invoke(event));
}

function readCors(template: Template): CorsRule | undefined {
  const [api] = template.resources('AWS::ApiGatewayV2::Api');
  return api && template.read(api, apiSchema).CorsConfiguration;
}

function readRoutes({ template, functions }: HttpApiOptions): HttpApiRoute[] {
  const apis = template.resources('AWS::ApiGatewayV2::Api');
  if (apis.length > 1) throw new UnsupportedError(`HTTP APIs: got ${apis.length}; allowed: at most one`);
  for (const api of apis) template.read(api, apiSchema);
  for (const stage of template.resources('AWS::ApiGatewayV2::Stage')) template.read(stage, stageSchema);
  const integrations = new Map(
    template.resources('AWS::ApiGatewayV2::Integration').map((resource) => {
      const { IntegrationUri } = template.read(resource, integrationSchema);
      const lambdaFunction = functions.get(IntegrationUri);
      if (lambdaFunction !== undefined) return [`integrations/${resource.ref}`, lambdaFunction];
      const got = `got the integration of ${IntegrationUri}`;
      throw new UnsupportedError(`${resource.logicalId}: ${got}; allowed: functions of the stack`);
    }),
  );
  const routes = template.resources('AWS::ApiGatewayV2::Route').map((resource): HttpApiRoute => {
    const { RouteKey, Target } = template.read(resource, routeSchema);
    const [method = '', path = ''] = RouteKey.split(' ');
    const lambdaFunction = integrations.get(Target);
    if (lambdaFunction === undefined) {
      throw new UnsupportedError(`${resource.logicalId}: got ${Target}; allowed: integrations of the stack`);
    }
    return { key: RouteKey, method, segments: path.split('/').slice(1), lambdaFunction };
  });
  // Routes with fewer variables come first, as on AWS.
  return routes.sort((one, other) => variableCount(one) - variableCount(other));
}

const isVariable = (segment: string) => segment.startsWith('{');
const variableCount = ({ segments }: HttpApiRoute) => segments.filter(isVariable).length;

function matches(route: HttpApiRoute, segments: readonly string[]): boolean {
  if (route.segments.length !== segments.length) return false;
  return route.segments.every((segment, index) =>
    isVariable(segment) ? segments[index] !== '' : segment === segments[index],
  );
}
